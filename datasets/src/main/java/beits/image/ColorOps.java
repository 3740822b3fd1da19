package beits.image;

import java.util.function.IntUnaryOperator;

/**
 * Colour operations of Pillow's {@code ImageEnhance} and {@code ImageOps}, bit for bit, on 1- or 3-channel pictures.
 *
 * <p>An enhancement blends a degenerate picture with the picture, {@code d + factor (x − d)} in float32, truncated (not
 * rounded) to 8 bits; outside factor 0…1 it is clipped first. Factor 1 gives the picture, 0 the degenerate one.
 */
public final class ColorOps {
    private ColorOps() {}

    /** Blends with black. */
    public static Image brightness(Image image, double factor) {
        return blend(Image.blank(image.height(), image.width(), image.channels()), image, factor);
    }

    /** Blends with the mean grey, {@code ⌊mean of L + 0.5⌋}. */
    public static Image contrast(Image image, double factor) {
        byte[] grey = image.grey().pixels();
        long sum = 0;
        for (byte g : grey) {
            sum += g & 0xff;
        }
        byte[] mean = new byte[image.pixels().length];
        java.util.Arrays.fill(mean, (byte) (int) ((double) sum / grey.length + 0.5));
        return blend(new Image(image.height(), image.width(), image.channels(), mean), image, factor);
    }

    /** Blends with the grey picture. */
    public static Image saturation(Image image, double factor) {
        return image.channels() == 1 ? image : blend(image.grey().rgb(), image, factor);
    }

    /** Blends with a 3x3 smoothed picture (weights 1, centre 5, over 13; the border stays). */
    public static Image sharpness(Image image, double factor) {
        return blend(smooth(image), image, factor);
    }

    /**
     * Turns the hue by {@code turn} (−0.5 to 0.5 of the circle) through Pillow's 8-bit HSV, as torchvision's
     * {@code adjust_hue}.
     */
    public static Image hue(Image image, double turn) {
        if (turn < -0.5 || turn > 0.5) {
            throw new IllegalArgumentException("hue is turned by -0.5 to 0.5, not " + turn);
        }
        if (image.channels() == 1) {
            return image;
        }
        byte[] in = image.pixels();
        byte[] out = new byte[in.length];
        int shift = (int) (turn * 255);
        int[] p = new int[3];
        for (int i = 0; i < in.length; i += 3) {
            rgbToHsv(in[i] & 0xff, in[i + 1] & 0xff, in[i + 2] & 0xff, p);
            hsvToRgb((p[0] + shift) & 0xff, p[1], p[2], p);
            out[i] = (byte) p[0];
            out[i + 1] = (byte) p[1];
            out[i + 2] = (byte) p[2];
        }
        return new Image(image.height(), image.width(), 3, out);
    }

    /** Stretches each channel so that its darkest value is 0 and its brightest 255. */
    public static Image autoContrast(Image image) {
        return eachChannel(image, histogram -> {
            int low = 0;
            while (low < 255 && histogram[low] == 0) {
                low++;
            }
            int high = 255;
            while (high > 0 && histogram[high] == 0) {
                high--;
            }
            if (high <= low) {
                return v -> v;
            }
            double scale = 255.0 / (high - low);
            double offset = -low * scale;
            return v -> Math.clamp((int) (v * scale + offset), 0, 255);
        });
    }

    /** Flattens each channel's histogram. */
    public static Image equalize(Image image) {
        return eachChannel(image, histogram -> {
            int sum = 0;
            int last = 0;
            int used = 0;
            for (int count : histogram) {
                sum += count;
                last = count != 0 ? count : last;
                used += count != 0 ? 1 : 0;
            }
            int step = (sum - last) / 255;
            if (used <= 1 || step == 0) {
                return v -> v;
            }
            int[] table = new int[256];
            int n = step / 2;
            for (int v = 0; v < 256; v++) {
                table[v] = Math.min(255, n / step);
                n += histogram[v];
            }
            return v -> table[v];
        });
    }

    /** {@code factor · v + delta}, truncated and clipped to 8 bits. */
    public static Image linear(Image image, double factor, double delta) {
        return map(image, v -> Math.clamp((int) (v * factor + delta), 0, 255));
    }

    public static Image invert(Image image) {
        return map(image, v -> 255 - v);
    }

    /** Keeps the highest {@code bits} bits (0 to 8). */
    public static Image posterize(Image image, int bits) {
        int mask = bits >= 8 ? 0xff : -(1 << (8 - bits));
        return map(image, v -> v & mask);
    }

    /** Inverts values from {@code threshold} on. */
    public static Image solarize(Image image, int threshold) {
        return map(image, v -> v < threshold ? v : 255 - v);
    }

    /** Adds {@code amount} to values under {@code threshold}, at most to 255. */
    public static Image solarizeAdd(Image image, int amount, int threshold) {
        return map(image, v -> v < threshold ? Math.min(255, v + amount) : v);
    }

    private static Image map(Image image, IntUnaryOperator function) {
        byte[] table = new byte[256];
        for (int v = 0; v < 256; v++) {
            table[v] = (byte) function.applyAsInt(v);
        }
        byte[] out = new byte[image.pixels().length];
        for (int i = 0; i < out.length; i++) {
            out[i] = table[image.pixels()[i] & 0xff];
        }
        return new Image(image.height(), image.width(), image.channels(), out);
    }

    private interface FromHistogram {
        IntUnaryOperator table(int[] histogram);
    }

    private static Image eachChannel(Image image, FromHistogram rule) {
        int channels = image.channels();
        byte[] in = image.pixels();
        byte[] out = new byte[in.length];
        for (int c = 0; c < channels; c++) {
            int[] histogram = new int[256];
            for (int i = c; i < in.length; i += channels) {
                histogram[in[i] & 0xff]++;
            }
            IntUnaryOperator function = rule.table(histogram);
            for (int i = c; i < in.length; i += channels) {
                out[i] = (byte) function.applyAsInt(in[i] & 0xff);
            }
        }
        return new Image(image.height(), image.width(), channels, out);
    }

    private static Image blend(Image from, Image to, double factor) {
        float alpha = (float) factor;
        if (alpha == 1f) {
            return to;
        }
        byte[] a = from.pixels();
        byte[] b = to.pixels();
        byte[] out = new byte[a.length];
        for (int i = 0; i < out.length; i++) {
            int x = a[i] & 0xff;
            float v = x + alpha * ((b[i] & 0xff) - x);
            out[i] = (byte) Math.clamp((int) v, 0, 255);
        }
        return new Image(to.height(), to.width(), to.channels(), out);
    }

    private static Image smooth(Image image) {
        int width = image.width();
        int channels = image.channels();
        byte[] in = image.pixels();
        byte[] out = in.clone();
        int row = width * channels;
        for (int y = 1; y < image.height() - 1; y++) {
            for (int i = y * row + channels; i < (y + 1) * row - channels; i++) {
                // Pillow's order of summation, in float32: the row below, this row, the row above.
                float sum = 0.5f;
                sum += weighted(in, i + row, channels, 1f / 13f);
                sum += weighted(in, i, channels, 5f / 13f);
                sum += weighted(in, i - row, channels, 1f / 13f);
                out[i] = (byte) Math.clamp((int) sum, 0, 255);
            }
        }
        return new Image(image.height(), width, channels, out);
    }

    private static float weighted(byte[] in, int i, int step, float centre) {
        float side = 1f / 13f;
        return (in[i - step] & 0xff) * side + (in[i] & 0xff) * centre + (in[i + step] & 0xff) * side;
    }

    private static void rgbToHsv(int r, int g, int b, int[] hsv) {
        int max = Math.max(r, Math.max(g, b));
        int min = Math.min(r, Math.min(g, b));
        hsv[2] = max;
        if (min == max) {
            hsv[0] = 0;
            hsv[1] = 0;
            return;
        }
        float range = max - min;
        float saturation = range / max;
        float rc = (max - r) / range;
        float gc = (max - g) / range;
        float bc = (max - b) / range;
        float hue;
        if (r == max) {
            hue = bc - gc;
        } else if (g == max) {
            hue = (float) (2.0 + rc - bc);
        } else {
            hue = (float) (4.0 + gc - rc);
        }
        hue = (float) ((hue / 6.0 + 1.0) % 1.0);
        hsv[0] = Math.clamp((int) (hue * 255.0), 0, 255);
        hsv[1] = Math.clamp((int) (saturation * 255.0), 0, 255);
    }

    private static void hsvToRgb(int h, int s, int v, int[] rgb) {
        if (s == 0) {
            rgb[0] = v;
            rgb[1] = v;
            rgb[2] = v;
            return;
        }
        int sector = (int) Math.floor((float) h * 6.0 / 255.0);
        float f = (float) ((float) h * 6.0 / 255.0 - (float) sector);
        float fs = (float) ((float) s / 255.0);
        int p = rounded(v * (1.0 - fs));
        int q = rounded(v * (1.0 - fs * f));
        int t = rounded(v * (1.0 - fs * (1.0 - f)));
        switch (sector % 6) {
            case 0 -> set(rgb, v, t, p);
            case 1 -> set(rgb, q, v, p);
            case 2 -> set(rgb, p, v, t);
            case 3 -> set(rgb, p, q, v);
            case 4 -> set(rgb, t, p, v);
            default -> set(rgb, v, p, q);
        }
    }

    private static int rounded(double v) {
        return Math.clamp((int) Math.floor(v + 0.5), 0, 255);
    }

    private static void set(int[] rgb, int r, int g, int b) {
        rgb[0] = r;
        rgb[1] = g;
        rgb[2] = b;
    }
}
