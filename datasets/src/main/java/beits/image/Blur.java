package beits.image;

/**
 * Gaussian blur as Pillow approximates it: three extended box blurs of the same variance (Gwosdek et al. 2011), each pass
 * rounded to 8 bits.
 */
public final class Blur {
    private static final int PASSES = 3;

    private Blur() {}

    /** {@code radius} is the standard deviation in pixels. */
    public static Image gaussian(Image image, double radius) {
        if (!(radius >= 0)) {
            throw new IllegalArgumentException("blur radius " + radius);
        }
        float box = boxRadius((float) radius);
        Image rows = image;
        for (int i = 0; i < PASSES; i++) {
            rows = alongRows(rows, box);
        }
        Image columns = rows.transposed();
        for (int i = 0; i < PASSES; i++) {
            columns = alongRows(columns, box);
        }
        return columns.transposed();
    }

    /** The box of fractional radius whose three-fold convolution has the Gaussian's variance. */
    private static float boxRadius(float sigma) {
        float variance = sigma * sigma / PASSES;
        float length = (float) Math.sqrt(12.0 * variance + 1.0);
        float whole = (float) Math.floor((length - 1.0) / 2.0);
        float part = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance);
        part /= 6 * (variance - (whole + 1) * (whole + 1));
        return whole + part;
    }

    /** Mean over 2·radius + 1 pixels, the outermost with the fractional weight, in 24-bit fixed point; edges repeat. */
    private static Image alongRows(Image image, float boxRadius) {
        int radius = (int) boxRadius;
        long inner = (long) ((1 << 24) / (boxRadius * 2 + 1));
        long outer = ((1 << 24) - (radius * 2 + 1) * inner) / 2;
        int width = image.width();
        int channels = image.channels();
        byte[] in = image.pixels();
        byte[] out = new byte[in.length];
        for (int y = 0; y < image.height(); y++) {
            for (int c = 0; c < channels; c++) {
                int row = y * width * channels + c;
                long sum = 0;
                for (int x = -radius - 1; x < radius; x++) {
                    sum += in[row + Math.clamp(x, 0, width - 1) * channels] & 0xff;
                }
                for (int x = 0; x < width; x++) {
                    int enters = in[row + Math.clamp(x + radius, 0, width - 1) * channels] & 0xff;
                    int leaves = in[row + Math.clamp(x - radius - 1, 0, width - 1) * channels] & 0xff;
                    int next = in[row + Math.clamp(x + radius + 1, 0, width - 1) * channels] & 0xff;
                    sum += enters - leaves;
                    long value = sum * inner + (leaves + next) * outer + (1 << 23);
                    out[row + x * channels] = (byte) (value >> 24);
                }
            }
        }
        return new Image(image.height(), width, channels, out);
    }
}
