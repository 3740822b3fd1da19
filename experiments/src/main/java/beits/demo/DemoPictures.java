package beits.demo;

import beits.analysis.AttentionMaps;
import beits.data.Dataset;
import beits.data.Seeds;
import beits.device.Executable;
import beits.image.Image;
import beits.job.LoadedTokenizer;
import beits.mim.TokenPredictor;
import beits.report.AttentionOverlay;
import beits.transform.Normalisation;
import beits.transform.PatchMask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;

/** Pictures of what the models see: reconstructions, fill-ins, attention. */
final class DemoPictures {
    private static final int ENLARGE = 4;
    private static final Normalisation CENTRED = Normalisation.uniform(1, 0.5f, 0.5f);

    private final int size;
    private final int patch;
    private final List<Image> originals;
    private final float[] images;

    /** Takes {@code count} test pictures of different classes, chosen by seed. */
    DemoPictures(Dataset test, int count, int size, int patch, long seed) {
        this.size = size;
        this.patch = patch;
        this.originals = new ArrayList<>();
        UniformRandomProvider random = Seeds.of(seed, Seeds.Purpose.SUBSET, count);
        for (int i = 0; i < count; i++) {
            int wanted = i % test.classNames().size();
            int index = random.nextInt(test.size());
            while (test.label(index).orElseThrow() != wanted) {
                index = (index + 1) % test.size();
            }
            originals.add(test.get(index).picture().grey());
        }
        this.images = new float[count * size * size];
        for (int i = 0; i < count; i++) {
            CENTRED.apply(originals.get(i), images, i * size * size);
        }
    }

    int count() {
        return originals.size();
    }

    /** Rows of original and decoded picture. */
    List<List<Image>> reconstructions(LoadedTokenizer tokenizer, int rows) {
        float[] decoded = tokenizer.decode(tokens(tokenizer));
        List<List<Image>> result = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            result.add(List.of(enlarged(originals.get(i)), enlarged(picture(decoded, i))));
        }
        return result;
    }

    private int[] tokens(LoadedTokenizer tokenizer) {
        float[] padded = Arrays.copyOf(images, tokenizer.batch() * size * size);
        return tokenizer.encode(padded);
    }

    /** Rows of original, masked, filled-in and decoded picture: the model's guesses at hidden patches, true tokens elsewhere. */
    List<List<Image>> fillIns(
            LoadedTokenizer tokenizer, TokenPredictor predictor, Executable executable, PatchMask masks, long seed) {
        int patches = masks.height() * masks.width();
        boolean[] mask = new boolean[count() * patches];
        UniformRandomProvider random = Seeds.of(seed, Seeds.Purpose.MASK, count());
        for (int i = 0; i < count(); i++) {
            System.arraycopy(masks.draw(random), 0, mask, i * patches, patches);
        }
        int[] guesses = predictor.predict(executable, images, mask);
        int[] truth = tokens(tokenizer);
        int[] mixed = truth.clone();
        for (int i = 0; i < mask.length; i++) {
            mixed[i] = mask[i] ? guesses[i] : truth[i];
        }
        float[] filled = tokenizer.decode(mixed);
        float[] decoded = tokenizer.decode(truth);
        List<List<Image>> rows = new ArrayList<>();
        for (int i = 0; i < count(); i++) {
            rows.add(List.of(
                    enlarged(originals.get(i)),
                    hidden(i, Arrays.copyOfRange(mask, i * patches, (i + 1) * patches)),
                    enlarged(picture(filled, i)),
                    enlarged(picture(decoded, i))));
        }
        return rows;
    }

    /** Rows of the picture and, for each reference patch, where it looks in a block (mean over the heads). */
    List<List<Image>> attention(
            TokenPredictor predictor, Executable executable, int block, int heads, List<Integer> references, int rows) {
        int grid = size / patch;
        int tokens = grid * grid + 1;
        predictor.predict(executable, images, new boolean[count() * grid * grid]);
        float[] probabilities = predictor.attention(executable, block);
        List<List<Image>> result = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            List<Image> row = new ArrayList<>();
            row.add(enlarged(originals.get(i)));
            for (int reference : references) {
                double[] weights =
                        AttentionMaps.mean(AttentionMaps.ofPatch(probabilities, heads, tokens, i, reference));
                row.add(AttentionOverlay.paint(originals.get(i), weights, patch, reference, ENLARGE));
            }
            result.add(row);
        }
        return result;
    }

    private Image picture(float[] mapped, int index) {
        return CENTRED.invert(mapped, index * size * size, size, size);
    }

    private Image enlarged(Image image) {
        return drawn((y, x) -> {
            int grey = image.at(y / ENLARGE, x / ENLARGE, 0);
            return grey << 16 | grey << 8 | grey;
        });
    }

    private Image hidden(int index, boolean[] mask) {
        Image image = originals.get(index);
        int grid = size / patch;
        return drawn((y, x) -> {
            int cell = y / ENLARGE / patch * grid + x / ENLARGE / patch;
            if (mask[cell]) {
                return 0x9db2cf;
            }
            int grey = image.at(y / ENLARGE, x / ENLARGE, 0);
            return grey << 16 | grey << 8 | grey;
        });
    }

    @FunctionalInterface
    private interface Painter {
        int rgb(int y, int x);
    }

    private Image drawn(Painter painter) {
        int side = size * ENLARGE;
        byte[] pixels = new byte[side * side * 3];
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                int rgb = painter.rgb(y, x);
                int at = (y * side + x) * 3;
                pixels[at] = (byte) (rgb >> 16);
                pixels[at + 1] = (byte) (rgb >> 8);
                pixels[at + 2] = (byte) rgb;
            }
        }
        return new Image(side, side, 3, pixels);
    }
}
