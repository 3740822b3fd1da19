package beits.transform;

import beits.image.Image;
import java.util.List;

/**
 * From 8-bit samples to what a network reads: {@code (x / 255 − mean) / std} in float32, one mean and deviation a
 * channel.
 *
 * @param mean one value a channel
 * @param std one value a channel, positive
 */
public record Normalisation(List<Float> mean, List<Float> std) {
    /** Mean and deviation 0.5, the official default. */
    public static final Normalisation INCEPTION = uniform(3, 0.5f, 0.5f);

    /** ImageNet's means and deviations. */
    public static final Normalisation IMAGENET =
            new Normalisation(List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f));

    public Normalisation {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != std.size() || mean.isEmpty()) {
            throw new IllegalArgumentException(
                    "%d means and %d deviations; one of each a channel".formatted(mean.size(), std.size()));
        }
        if (std.stream().anyMatch(s -> !(s > 0))) {
            throw new IllegalArgumentException("deviations must be positive: " + std);
        }
    }

    /** The same mean and deviation for every channel. */
    public static Normalisation uniform(int channels, float mean, float std) {
        return new Normalisation(
                java.util.Collections.nCopies(channels, mean), java.util.Collections.nCopies(channels, std));
    }

    /** Red, green, blue of a pixel that becomes about 0: {@code round(255 · mean)}, halves to the even neighbour, as timm's fill. */
    public List<Integer> fill() {
        return java.util.stream.IntStream.range(0, 3)
                .mapToObj(c -> Math.clamp((long) Math.rint(255 * (double) mean.get(channels() == 1 ? 0 : c)), 0, 255))
                .toList();
    }

    /** Channels of the result. */
    public int channels() {
        return mean.size();
    }

    /**
     * Writes the picture as [channels, height, width] from {@code offset} on. Grey becomes three equal channels when
     * three are wanted, colour becomes luminance when one is wanted, alpha is dropped.
     */
    public void apply(Image image, float[] out, int offset) {
        Image fitting = channels() == 1 ? image.grey() : image.rgb();
        if (fitting.channels() != channels()) {
            throw new IllegalArgumentException("%d channels are not a picture's".formatted(channels()));
        }
        byte[] in = fitting.pixels();
        int plane = image.height() * image.width();
        int channels = channels();
        for (int c = 0; c < channels; c++) {
            float[] table = table(c);
            int to = offset + c * plane;
            for (int i = 0, from = c; i < plane; i++, from += channels) {
                out[to + i] = table[in[from] & 0xff];
            }
        }
    }

    /** The picture as [channels, height, width]. */
    public float[] apply(Image image) {
        float[] out = new float[channels() * image.height() * image.width()];
        apply(image, out, 0);
        return out;
    }

    private float[] table(int channel) {
        float[] table = new float[256];
        for (int v = 0; v < 256; v++) {
            table[v] = ((v / 255f) - mean.get(channel)) / std.get(channel);
        }
        return table;
    }

    /** Back to 8 bits, rounded and clipped: for looking at what a network was given. {@code in} is [channels, h, w]. */
    public Image invert(float[] in, int offset, int height, int width) {
        int channels = channels();
        int plane = height * width;
        byte[] out = new byte[plane * channels];
        for (int c = 0; c < channels; c++) {
            for (int i = 0; i < plane; i++) {
                float v = in[offset + c * plane + i] * std.get(c) + mean.get(c);
                out[i * channels + c] = (byte) Math.clamp(Math.round(v * 255f), 0, 255);
            }
        }
        return new Image(height, width, channels, out);
    }
}
