package beits.job;

import beits.data.Dataset;
import beits.image.Image;
import beits.image.PictureException;
import beits.tokenizer.CodebookUse;
import beits.tokenizer.ImageTokenizer;
import beits.tokenizer.PixelMapping;
import beits.transform.EvalTransform;
import beits.transform.Normalisation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Pictures through a tokenizer and back. */
public final class Reconstruction {
    private static final int GAP = 4;

    private Reconstruction() {}

    /**
     * One picture.
     *
     * @param name where it came from
     * @param mae mean absolute error of the pixels in [0, 1]
     * @param tokens [grid·grid] row-major
     * @param seen what the tokenizer saw
     * @param rebuilt what came back
     */
    public record Picture(String name, double mae, List<Integer> tokens, Image seen, Image rebuilt) {
        public Picture {
            tokens = List.copyOf(tokens);
        }

        /** What the tokenizer saw, and beside it what came back. */
        public Image pair() {
            return beside(seen, rebuilt);
        }
    }

    /**
     * Of all pictures.
     *
     * @param pictures those that could be read, in the order of the data
     * @param mae mean of theirs
     * @param use of the codebook
     */
    public record Result(List<Picture> pictures, double mae, CodebookUse use) {
        public Result {
            pictures = List.copyOf(pictures);
        }
    }

    /**
     * Encodes and decodes the central square of every picture that can be read, its short side brought to the tokenizer's size.
     *
     * @param faults hears the name of each other picture, and why
     * @return nothing when none could be read
     */
    public static Optional<Result> run(Dataset data, LoadedTokenizer loaded, Consumer<String> faults)
            throws IOException {
        ImageTokenizer tokenizer = loaded.tokenizer();
        int size = tokenizer.viewSize();
        int channels = tokenizer.channels();
        int grid = tokenizer.grid() * tokenizer.grid();
        EvalTransform central = new EvalTransform(size, 1);
        Normalisation unit = Normalisation.uniform(channels, 0, 1);
        int length = channels * size * size;
        List<Picture> pictures = new ArrayList<>();
        long[] histogram = new long[tokenizer.vocabulary()];
        double total = 0;
        for (int next = 0; next < data.size(); ) {
            float[] pixels = new float[loaded.batch() * length];
            List<String> names = new ArrayList<>();
            for (; next < data.size() && names.size() < loaded.batch(); next++) {
                try {
                    unit.apply(central.apply(data.get(next).picture()), pixels, names.size() * length);
                    names.add(data.name(next));
                } catch (PictureException e) {
                    faults.accept(String.valueOf(e.getMessage()));
                }
            }
            if (names.isEmpty()) {
                continue;
            }
            float[] mapped = pixels.clone();
            PixelMapping mapping = tokenizer.pixels();
            mapping.map(mapped);
            int[] tokens = loaded.encode(mapped, names.size());
            float[] decoded = loaded.decode(tokens);
            mapping.unmap(decoded);
            for (int row = 0; row < names.size(); row++) {
                double error = 0;
                for (int i = row * length; i < (row + 1) * length; i++) {
                    error += Math.abs(decoded[i] - pixels[i]);
                }
                int[] own = Arrays.copyOfRange(tokens, row * grid, (row + 1) * grid);
                Arrays.stream(own).forEach(token -> histogram[token]++);
                pictures.add(new Picture(
                        names.get(row),
                        error / length,
                        Arrays.stream(own).boxed().toList(),
                        unit.invert(pixels, row * length, size, size),
                        unit.invert(decoded, row * length, size, size)));
                total += error / length;
            }
        }
        return pictures.isEmpty()
                ? Optional.empty()
                : Optional.of(new Result(pictures, total / pictures.size(), CodebookUse.of(histogram)));
    }

    private static Image beside(Image left, Image right) {
        int channels = left.channels();
        int width = left.width() + GAP + right.width();
        byte[] pixels = new byte[left.height() * width * channels];
        Arrays.fill(pixels, (byte) 255);
        for (int y = 0; y < left.height(); y++) {
            int row = left.width() * channels;
            System.arraycopy(left.pixels(), y * row, pixels, y * width * channels, row);
            System.arraycopy(right.pixels(), y * row, pixels, (y * width + left.width() + GAP) * channels, row);
        }
        return new Image(left.height(), width, channels, pixels);
    }
}
