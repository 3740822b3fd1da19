package beits.transform;

import beits.image.Image;
import org.apache.commons.rng.UniformRandomProvider;

/** One augmentation of a picture, as a recipe lists them; a network's input size is made by the last of them. */
public sealed interface PictureTransform
        permits Flip,
                Jitter,
                CropResize,
                PaddedCrop,
                EvalTransform,
                TestTransform,
                RandAugment,
                AutoAugment,
                ThreeAugment {
    /** The augmented picture; the argument is not changed. */
    Image apply(Image image, UniformRandomProvider rng);
}
