package beits.image;

/**
 * Pillow's resampling filters. All but {@link #NEAREST} are a kernel of radius {@link #support} that is stretched by the
 * shrink factor, so that making a picture smaller does not alias.
 */
public enum Resampling {
    /** The source pixel under the centre; no kernel. */
    NEAREST(0),
    /** Mean over the source pixels under the target pixel. */
    BOX(0.5),
    BILINEAR(1),
    HAMMING(1),
    /** Cubic convolution with a = -0.5. */
    BICUBIC(2),
    LANCZOS(3);

    private final double support;

    Resampling(double support) {
        this.support = support;
    }

    double support() {
        return support;
    }

    double weight(double x) {
        return switch (this) {
            case NEAREST -> throw new IllegalStateException("nearest has no kernel");
            case BOX -> x > -0.5 && x <= 0.5 ? 1 : 0;
            case BILINEAR -> Math.max(0, 1 - Math.abs(x));
            case HAMMING -> hamming(Math.abs(x));
            case BICUBIC -> bicubic(Math.abs(x));
            case LANCZOS -> x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
        };
    }

    private static double hamming(double x) {
        return x >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x));
    }

    private static double bicubic(double x) {
        double a = -0.5;
        if (x < 1) {
            return ((a + 2) * x - (a + 3)) * x * x + 1;
        }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }
}
