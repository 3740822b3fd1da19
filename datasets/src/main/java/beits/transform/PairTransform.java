package beits.transform;

import beits.image.Box;
import beits.image.ColorOps;
import beits.image.Image;
import beits.image.OpenCvResize;
import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Augmentations for segmentation, after mmsegmentation's pipeline of the official configurations. Geometry moves picture
 * and mask alike: pictures are resized bilinearly, masks take the nearest class, both as OpenCV does it.
 */
public sealed interface PairTransform {
    /** The augmented pair; the argument is not changed. */
    Pair apply(Pair pair, UniformRandomProvider rng);

    /** The class that counts for nothing. */
    int IGNORED = 255;

    /**
     * Resizes, in proportion, so that the picture fits within longSide x shortSide times a ratio from
     * U(minRatio, maxRatio) (official: 2048 x 512, 0.5 to 2), both cut to whole pixels.
     */
    record RandomResize(int longSide, int shortSide, double minRatio, double maxRatio) implements PairTransform {
        public RandomResize {
            if (shortSide < 1 || longSide < shortSide || !(minRatio > 0) || maxRatio < minRatio) {
                throw new IllegalArgumentException(
                        "resize to %d x %d times %s to %s".formatted(longSide, shortSide, minRatio, maxRatio));
            }
        }

        @Override
        public Pair apply(Pair pair, UniformRandomProvider rng) {
            double ratio = Draws.uniform(rng, minRatio, maxRatio);
            int height = pair.picture().height();
            int width = pair.picture().width();
            double scale = Math.min(
                    Math.floor(longSide * ratio) / Math.max(height, width),
                    Math.floor(shortSide * ratio) / Math.min(height, width));
            return resized(pair, Math.max(1, (int) (height * scale + 0.5)), Math.max(1, (int) (width * scale + 0.5)));
        }
    }

    /**
     * A square of {@code size} at a uniform place, up to ten tries until no class has more than {@code largestShare} of it
     * (official: 0.75). Smaller pictures are left as small as they are.
     */
    record Crop(int size, double largestShare) implements PairTransform {
        private static final int TRIES = 10;

        public Crop {
            if (size < 1 || !(largestShare > 0)) {
                throw new IllegalArgumentException("crop of %d pixels, largest share %s".formatted(size, largestShare));
            }
        }

        @Override
        public Pair apply(Pair pair, UniformRandomProvider rng) {
            Pair cut = cut(pair, rng);
            for (int i = 1; i < TRIES && largestShare < 1 && !mixed(cut.mask()); i++) {
                cut = cut(pair, rng);
            }
            return cut;
        }

        private Pair cut(Pair pair, UniformRandomProvider rng) {
            int height = Math.min(size, pair.picture().height());
            int width = Math.min(size, pair.picture().width());
            Box box = new Box(
                    rng.nextInt(pair.picture().height() - height + 1),
                    rng.nextInt(pair.picture().width() - width + 1),
                    height,
                    width);
            return new Pair(pair.picture().crop(box), pair.mask().crop(box));
        }

        private boolean mixed(Image mask) {
            int[] counts = new int[256];
            int classes = 0;
            int all = 0;
            for (byte label : mask.pixels()) {
                if ((label & 0xff) != IGNORED) {
                    classes += counts[label & 0xff]++ == 0 ? 1 : 0;
                    all++;
                }
            }
            return classes > 1 && Arrays.stream(counts).max().orElse(0) < largestShare * all;
        }
    }

    /** Both mirrored with the given probability. */
    record Mirror(double probability) implements PairTransform {
        @Override
        public Pair apply(Pair pair, UniformRandomProvider rng) {
            return rng.nextDouble() < probability
                    ? new Pair(pair.picture().flipped(), pair.mask().flipped())
                    : pair;
        }
    }

    /**
     * Photometric distortion of the picture: brightness by U(−32, 32), contrast by U(0.5, 1.5) before or after the
     * colours, saturation by U(0.5, 1.5), hue by U(−18, 18) of 180, each with probability one half. Saturation and hue are
     * Pillow's, where mmsegmentation uses OpenCV's HSV.
     */
    record PhotometricDistortion() implements PairTransform {
        @Override
        public Pair apply(Pair pair, UniformRandomProvider rng) {
            Image picture = pair.picture();
            if (rng.nextBoolean()) {
                double delta = Draws.uniform(rng, -32, 32);
                picture = ColorOps.linear(picture, 1, delta);
            }
            boolean contrastFirst = rng.nextBoolean();
            double contrast = rng.nextBoolean() ? Draws.uniform(rng, 0.5, 1.5) : 1;
            if (contrastFirst) {
                picture = ColorOps.linear(picture, contrast, 0);
            }
            if (rng.nextBoolean()) {
                picture = ColorOps.saturation(picture, Draws.uniform(rng, 0.5, 1.5));
            }
            if (rng.nextBoolean()) {
                picture = ColorOps.hue(picture, Draws.uniform(rng, -0.1, 0.1));
            }
            if (!contrastFirst) {
                picture = ColorOps.linear(picture, contrast, 0);
            }
            return new Pair(picture, pair.mask());
        }
    }

    /** Both resized to {@code size} x {@code size} whatever their shape: evaluation of square networks. */
    record Square(int size) implements PairTransform {
        @Override
        public Pair apply(Pair pair, UniformRandomProvider rng) {
            return resized(pair, size, size);
        }
    }

    private static Pair resized(Pair pair, int height, int width) {
        return new Pair(
                OpenCvResize.linear(pair.picture(), height, width), OpenCvResize.nearest(pair.mask(), height, width));
    }
}
