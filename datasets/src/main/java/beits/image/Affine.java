package beits.image;

/**
 * Pillow's affine transformation, bit for bit: target pixel (x, y) shows the source at
 *
 * <pre>  (a (x + ½) + b (y + ½) + c,  d (x + ½) + e (y + ½) + f)</pre>
 *
 * interpolated without anti-aliasing in double precision, truncated to 8 bits; the bicubic kernel has a = −1. Target
 * pixels whose source lies outside the picture show the fill colour.
 */
public record Affine(double a, double b, double c, double d, double e, double f) {
    private static final int OPAQUE = 255;

    /** Moves the picture so that row y is sheared by {@code factor}·y along the row. */
    public static Affine shearX(double factor) {
        return new Affine(1, factor, 0, 0, 1, 0);
    }

    public static Affine shearY(double factor) {
        return new Affine(1, 0, 0, factor, 1, 0);
    }

    /** The target's left edge shows the source's column {@code pixels}. */
    public static Affine translateX(double pixels) {
        return new Affine(1, 0, pixels, 0, 1, 0);
    }

    public static Affine translateY(double pixels) {
        return new Affine(1, 0, 0, 0, 1, pixels);
    }

    /** Counter-clockwise by {@code degrees} about the picture's centre, the size kept. */
    public static Affine rotation(double degrees, int height, int width) {
        double angle = -Math.toRadians(((degrees % 360) + 360) % 360);
        double cos = round15(Math.cos(angle));
        double sin = round15(Math.sin(angle));
        double x = width / 2.0;
        double y = height / 2.0;
        return new Affine(cos, sin, cos * -x + sin * -y + x, -sin, cos, -sin * -x + cos * -y + y);
    }

    private static double round15(double v) {
        return new java.math.BigDecimal(v)
                .setScale(15, java.math.RoundingMode.HALF_EVEN)
                .doubleValue();
    }

    /**
     * The transformed picture, of the same size.
     *
     * @param filter {@link Resampling#NEAREST}, {@link Resampling#BILINEAR} or {@link Resampling#BICUBIC}
     * @param fill red, green, blue where the source ends, 0 to 255; a grey picture gets their luminance
     */
    public Image apply(Image image, Resampling filter, int... fill) {
        if (fill.length != 3) {
            throw new IllegalArgumentException(
                    "a fill colour of %d channels; give red, green and blue".formatted(fill.length));
        }
        int taps = switch (filter) {
            case NEAREST -> 1;
            case BILINEAR -> 2;
            case BICUBIC -> 4;
            case BOX, HAMMING, LANCZOS ->
                throw new IllegalArgumentException("an affine transformation has no " + filter);
        };
        int height = image.height();
        int width = image.width();
        int channels = image.channels();
        int[] outside = switch (channels) {
            case 1 -> new int[] {Image.luminance(fill[0], fill[1], fill[2])};
            case 3 -> fill;
            default -> new int[] {fill[0], fill[1], fill[2], OPAQUE};
        };
        byte[] out = new byte[image.pixels().length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double sx = a * (x + 0.5) + b * (y + 0.5) + c;
                double sy = d * (x + 0.5) + e * (y + 0.5) + f;
                boolean inside = sx >= 0 && sx < width && sy >= 0 && sy < height;
                for (int ch = 0; ch < channels; ch++) {
                    int value = !inside
                            ? outside[ch]
                            : taps == 1
                                    ? image.at((int) sy, (int) sx, ch)
                                    : taps == 2 ? bilinear(image, sx, sy, ch) : bicubic(image, sx, sy, ch);
                    out[(y * width + x) * channels + ch] = (byte) value;
                }
            }
        }
        return new Image(height, width, channels, out);
    }

    private static int bilinear(Image image, double sx, double sy, int ch) {
        int x = (int) Math.floor(sx - 0.5);
        int y = (int) Math.floor(sy - 0.5);
        double dx = sx - 0.5 - x;
        double dy = sy - 0.5 - y;
        double top = between(image, x, y, ch, dx);
        double bottom = y + 1 < image.height() ? between(image, x, y + 1, ch, dx) : top;
        return (int) (top + (bottom - top) * dy);
    }

    private static double between(Image image, int x, int y, int ch, double dx) {
        int left = clamped(image, x, y, ch);
        return left + (clamped(image, x + 1, y, ch) - left) * dx;
    }

    private static int bicubic(Image image, double sx, double sy, int ch) {
        int x = (int) Math.floor(sx - 0.5);
        int y = (int) Math.floor(sy - 0.5);
        double dx = sx - 0.5 - x;
        double dy = sy - 0.5 - y;
        double v0 = cubicRow(image, x - 1, y - 1, ch, dx);
        double v1 = y < 0 || y >= image.height() ? v0 : cubicRow(image, x - 1, y, ch, dx);
        double v2 = y + 1 < image.height() ? cubicRow(image, x - 1, y + 1, ch, dx) : v1;
        double v3 = y + 2 < image.height() ? cubicRow(image, x - 1, y + 2, ch, dx) : v2;
        return Math.clamp((int) cubic(v0, v1, v2, v3, dy), 0, 255);
    }

    private static double cubicRow(Image image, int x, int y, int ch, double dx) {
        return cubic(
                clamped(image, x, y, ch),
                clamped(image, x + 1, y, ch),
                clamped(image, x + 2, y, ch),
                clamped(image, x + 3, y, ch),
                dx);
    }

    private static double cubic(double v1, double v2, double v3, double v4, double t) {
        double p2 = -v1 + v3;
        double p3 = 2 * (v1 - v2) + v3 - v4;
        double p4 = -v1 + v2 - v3 + v4;
        return v2 + t * (p2 + t * (p3 + t * p4));
    }

    private static int clamped(Image image, int x, int y, int ch) {
        return image.at(Math.clamp(y, 0, image.height() - 1), Math.clamp(x, 0, image.width() - 1), ch);
    }
}
