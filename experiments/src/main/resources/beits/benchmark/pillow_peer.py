"""The work of `beits benchmark data` with Pillow and torchvision, as BEiT's official code does it, on one core.

Arguments: JPEG files. For every line on standard input it does the work once and answers with one line: seconds for
file to normalised views, seconds for the resize alone. Its first line names the versions.
"""
import sys
import time

import PIL
import torch
import torchvision
from PIL import Image
from torchvision.transforms import InterpolationMode, RandomResizedCrop
from torchvision.transforms import functional as F

torch.set_num_threads(1)
torch.manual_seed(7)
files = sys.argv[1:]
decoded = [Image.open(f).convert("RGB") for f in files]


def views():
    patches, tokens = [], []
    for file in files:
        with open(file, "rb") as stream:
            picture = Image.open(stream).convert("RGB")
        box = RandomResizedCrop.get_params(picture, (0.08, 1.0), (3 / 4, 4 / 3))
        first = F.resized_crop(picture, *box, (224, 224), InterpolationMode.BICUBIC)
        second = F.resized_crop(picture, *box, (112, 112), InterpolationMode.LANCZOS)
        patches.append(F.normalize(F.to_tensor(first), (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
        tokens.append((1 - 2 * 0.1) * F.to_tensor(second) + 0.1)
    return torch.stack(patches), torch.stack(tokens)


def resize():
    for picture in decoded:
        picture.resize((224, 224), Image.BICUBIC)


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


print(f"Pillow {PIL.__version__}, torchvision {torchvision.__version__}", flush=True)
for _ in sys.stdin:
    print(seconds(views), seconds(resize), flush=True)
