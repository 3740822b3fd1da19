package beits.transform;

import beits.image.Affine;
import beits.image.ColorOps;
import beits.image.Image;
import beits.image.Resampling;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.NormalizedGaussianSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/**
 * RandAugment as timm's {@code rand-m9-mstd0.5-inc1} (quirk 30): {@code count} operations drawn with replacement, each applied
 * with probability one half, its magnitude from N(magnitude, deviation²) clipped to 0…10.
 *
 * @param operations what is drawn from, {@link #INCREASING} or {@link #PLAIN}
 * @param fill red, green, blue outside the picture for the geometric operations, {@link Normalisation#fill}
 * @param filter interpolation of the geometric operations, bilinear or bicubic
 */
public record RandAugment(
        List<Op> operations, int count, double magnitude, double deviation, List<Integer> fill, Resampling filter)
        implements PictureTransform {
    private static final double PROBABILITY = 0.5;
    private static final double LARGEST_MAGNITUDE = 10;

    public RandAugment {
        operations = List.copyOf(operations);
        fill = List.copyOf(fill);
        if (operations.isEmpty() || count < 0 || !(magnitude >= 0) || !(deviation >= 0)) {
            throw new IllegalArgumentException("RandAugment of %d out of %d operations, magnitude %s, deviation %s"
                    .formatted(count, operations.size(), magnitude, deviation));
        }
    }

    /** A magnitude from N(magnitude, deviation²), clipped to what the operations know. */
    static double draw(double magnitude, double deviation, NormalizedGaussianSampler normal) {
        double drawn = deviation == 0 ? magnitude : magnitude + deviation * normal.sample();
        return Math.clamp(drawn, 0, LARGEST_MAGNITUDE);
    }

    /** The fifteen operations whose severity grows with the magnitude, and timm's older scales of five of them. */
    public enum Op {
        AUTO_CONTRAST,
        EQUALIZE,
        INVERT,
        ROTATE,
        POSTERIZE_INCREASING,
        SOLARIZE_INCREASING,
        SOLARIZE_ADD,
        COLOR_INCREASING,
        CONTRAST_INCREASING,
        BRIGHTNESS_INCREASING,
        SHARPNESS_INCREASING,
        SHEAR_X,
        SHEAR_Y,
        TRANSLATE_X_REL,
        TRANSLATE_Y_REL,
        POSTERIZE,
        POSTERIZE_ORIGINAL,
        SOLARIZE,
        COLOR,
        CONTRAST,
        BRIGHTNESS,
        SHARPNESS,
        TRANSLATE_X,
        TRANSLATE_Y;

        /** Whether the sign of the argument's severity is drawn. */
        boolean signed() {
            return switch (this) {
                case ROTATE,
                        COLOR_INCREASING,
                        CONTRAST_INCREASING,
                        BRIGHTNESS_INCREASING,
                        SHARPNESS_INCREASING,
                        SHEAR_X,
                        SHEAR_Y,
                        TRANSLATE_X_REL,
                        TRANSLATE_Y_REL,
                        TRANSLATE_X,
                        TRANSLATE_Y -> true;
                case AUTO_CONTRAST,
                        EQUALIZE,
                        INVERT,
                        POSTERIZE_INCREASING,
                        SOLARIZE_INCREASING,
                        SOLARIZE_ADD,
                        POSTERIZE,
                        POSTERIZE_ORIGINAL,
                        SOLARIZE,
                        COLOR,
                        CONTRAST,
                        BRIGHTNESS,
                        SHARPNESS -> false;
            };
        }

        /**
         * The argument for a magnitude of 0 to 10: degrees, bits, threshold, factor, shear, or share of the side.
         *
         * @param negative the drawn sign; ignored where there is none
         * @param translation pixels that magnitude 10 moves with the absolute translations
         */
        public double argument(double magnitude, boolean negative, double translation) {
            double level = magnitude / LARGEST_MAGNITUDE;
            double sign = negative ? -1 : 1;
            return switch (this) {
                case AUTO_CONTRAST, EQUALIZE, INVERT -> 0;
                case ROTATE -> sign * (level * 30);
                case POSTERIZE -> (int) (level * 4);
                case POSTERIZE_INCREASING -> 4 - (int) (level * 4);
                case POSTERIZE_ORIGINAL -> (int) (level * 4) + 4;
                case SOLARIZE -> (int) (level * 256);
                case SOLARIZE_INCREASING -> 256 - (int) (level * 256);
                case SOLARIZE_ADD -> (int) (level * 110);
                case COLOR, CONTRAST, BRIGHTNESS, SHARPNESS -> level * 1.8 + 0.1;
                case COLOR_INCREASING, CONTRAST_INCREASING, BRIGHTNESS_INCREASING, SHARPNESS_INCREASING ->
                    1 + sign * (level * 0.9);
                case SHEAR_X, SHEAR_Y -> sign * (level * 0.3);
                case TRANSLATE_X_REL, TRANSLATE_Y_REL -> sign * (level * 0.45);
                case TRANSLATE_X, TRANSLATE_Y -> sign * (level * translation);
            };
        }

        /**
         * The operation with a given argument.
         *
         * @param fill red, green, blue outside the picture
         */
        public Image apply(Image image, double argument, Resampling filter, int... fill) {
            return switch (this) {
                case AUTO_CONTRAST -> ColorOps.autoContrast(image);
                case EQUALIZE -> ColorOps.equalize(image);
                case INVERT -> ColorOps.invert(image);
                case ROTATE ->
                    Affine.rotation(argument, image.height(), image.width()).apply(image, filter, fill);
                case POSTERIZE, POSTERIZE_INCREASING, POSTERIZE_ORIGINAL -> ColorOps.posterize(image, (int) argument);
                case SOLARIZE, SOLARIZE_INCREASING -> ColorOps.solarize(image, (int) argument);
                case SOLARIZE_ADD -> ColorOps.solarizeAdd(image, (int) argument, 128);
                case COLOR, COLOR_INCREASING -> ColorOps.saturation(image, argument);
                case CONTRAST, CONTRAST_INCREASING -> ColorOps.contrast(image, argument);
                case BRIGHTNESS, BRIGHTNESS_INCREASING -> ColorOps.brightness(image, argument);
                case SHARPNESS, SHARPNESS_INCREASING -> ColorOps.sharpness(image, argument);
                case SHEAR_X -> Affine.shearX(argument).apply(image, filter, fill);
                case SHEAR_Y -> Affine.shearY(argument).apply(image, filter, fill);
                case TRANSLATE_X_REL ->
                    Affine.translateX(argument * image.width()).apply(image, filter, fill);
                case TRANSLATE_Y_REL ->
                    Affine.translateY(argument * image.height()).apply(image, filter, fill);
                case TRANSLATE_X -> Affine.translateX(argument).apply(image, filter, fill);
                case TRANSLATE_Y -> Affine.translateY(argument).apply(image, filter, fill);
            };
        }
    }

    /** The fifteen operations, those that can grow more severe with the magnitude doing so ({@code inc1}). */
    public static final List<Op> INCREASING = List.of(Op.values()).subList(0, 15);

    /** The fifteen operations on timm's older scales. */
    public static final List<Op> PLAIN = List.of(
            Op.AUTO_CONTRAST,
            Op.EQUALIZE,
            Op.INVERT,
            Op.ROTATE,
            Op.POSTERIZE,
            Op.SOLARIZE,
            Op.SOLARIZE_ADD,
            Op.COLOR,
            Op.CONTRAST,
            Op.BRIGHTNESS,
            Op.SHARPNESS,
            Op.SHEAR_X,
            Op.SHEAR_Y,
            Op.TRANSLATE_X_REL,
            Op.TRANSLATE_Y_REL);

    @Override
    public Image apply(Image image, UniformRandomProvider rng) {
        NormalizedGaussianSampler normal = ZigguratSampler.NormalizedGaussian.of(rng);
        int[] colour = fill.stream().mapToInt(v -> v).toArray();
        Image out = image;
        for (int i = 0; i < count; i++) {
            Op op = operations.get(rng.nextInt(operations.size()));
            boolean applied = rng.nextDouble() < PROBABILITY;
            double drawn = draw(magnitude, deviation, normal);
            boolean negative = op.signed() && rng.nextBoolean();
            if (applied) {
                out = op.apply(out, op.argument(drawn, negative, 0), filter, colour);
            }
        }
        return out;
    }
}
