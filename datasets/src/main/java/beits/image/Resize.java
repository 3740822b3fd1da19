package beits.image;

/**
 * Resizing with Pillow's rules, equal to Pillow bit for bit: for each target position the taps
 *
 * <pre>  scale = in / out,  stretch = max(1, scale),  centre = (o + 0.5) scale
 *   first = max(0, ⌊centre − support·stretch + 0.5⌋),  end = min(in, ⌊centre + support·stretch + 0.5⌋)
 *   weight(t) ∝ filter((t − centre + 0.5) / stretch), normalised, rounded half away from zero to 22 fraction bits</pre>
 *
 * first along the rows, then along the columns; each pass starts from one half, is shifted by 22 bits and clipped to a
 * byte. A pass that does not change the size is skipped.
 */
public final class Resize {
    static final int FRACTION_BITS = 22;

    private Resize() {}

    /** The whole picture resized to {@code height} x {@code width}. */
    public static Image resize(Image image, int height, int width, Resampling filter) {
        return resize(image, new Box(0, 0, image.height(), image.width()), height, width, filter);
    }

    /** The part of the picture inside the box, resized; the same as {@code resize(image.crop(box), …)} without a copy. */
    public static Image resize(Image image, Box box, int height, int width, Resampling filter) {
        box.requireWithin(image.height(), image.width());
        if (height <= 0 || width <= 0) {
            throw new IllegalArgumentException("resize to %d x %d".formatted(height, width));
        }
        if (height == box.height() && width == box.width()) {
            return image.crop(box);
        }
        if (filter == Resampling.NEAREST) {
            return nearest(image, box, height, width);
        }
        Image rows = image;
        Box rest = box;
        if (width != box.width()) {
            rows = horizontal(image, box, Taps.of(box.width(), width, filter));
            rest = new Box(0, 0, box.height(), width);
        }
        return height == box.height() ? rows.crop(rest) : vertical(rows, rest, Taps.of(box.height(), height, filter));
    }

    /** Which source positions a target position reads and their fixed-point weights, {@code stride} per position. */
    @SuppressWarnings("ArrayRecordComponent") // read in inner loops, never compared
    private record Taps(int[] first, int[] count, int[] weights, int stride) {
        static Taps of(int in, int out, Resampling filter) {
            double scale = (double) in / out;
            double stretch = Math.max(1, scale);
            double support = filter.support() * stretch;
            int stride = (int) Math.ceil(support) * 2 + 1;
            int[] first = new int[out];
            int[] count = new int[out];
            int[] weights = new int[Math.multiplyExact(out, stride)];
            double[] exact = new double[stride];
            for (int o = 0; o < out; o++) {
                double centre = (o + 0.5) * scale;
                int from = Math.max(0, (int) (centre - support + 0.5));
                int end = Math.min(in, (int) (centre + support + 0.5));
                double sum = 0;
                for (int t = from; t < end; t++) {
                    exact[t - from] = filter.weight((t - centre + 0.5) * (1 / stretch));
                    sum += exact[t - from];
                }
                first[o] = from;
                count[o] = end - from;
                for (int t = 0; t < end - from; t++) {
                    double w = (sum == 0 ? exact[t] : exact[t] / sum) * (1 << FRACTION_BITS);
                    weights[o * stride + t] = (int) (w < 0 ? w - 0.5 : w + 0.5);
                }
            }
            return new Taps(first, count, weights, stride);
        }
    }

    private static Image horizontal(Image image, Box box, Taps taps) {
        int channels = image.channels();
        int width = taps.first().length;
        byte[] out = new byte[Math.multiplyExact(Math.multiplyExact(box.height(), width), channels)];
        WeightedRow rows =
                new WeightedRow(taps.first(), taps.count(), taps.weights(), taps.stride(), channels, box.width());
        for (int y = 0; y < box.height(); y++) {
            int from = ((box.top() + y) * image.width() + box.left()) * channels;
            rows.apply(image.pixels(), from, out, y * width * channels);
        }
        return new Image(box.height(), width, channels, out);
    }

    private static Image vertical(Image image, Box box, Taps taps) {
        int channels = image.channels();
        int height = taps.first().length;
        int row = box.width() * channels;
        int pitch = image.width() * channels;
        byte[] out = new byte[Math.multiplyExact(height, row)];
        for (int y = 0; y < height; y++) {
            int from = (box.top() + taps.first()[y]) * pitch + box.left() * channels;
            WeightedRow.sum(
                    image.pixels(), from, pitch, row, taps.weights(), y * taps.stride(), taps.count()[y], out, y * row);
        }
        return new Image(height, box.width(), channels, out);
    }

    /** Pillow steps along each axis by repeated addition in double precision, which decides ties; so does this. */
    private static Image nearest(Image image, Box box, int height, int width) {
        int channels = image.channels();
        int[] columns = nearestPositions(box.width(), width);
        int[] rows = nearestPositions(box.height(), height);
        byte[] out = new byte[Math.multiplyExact(Math.multiplyExact(height, width), channels)];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int from = ((box.top() + rows[y]) * image.width() + box.left() + columns[x]) * channels;
                for (int c = 0; c < channels; c++) {
                    out[(y * width + x) * channels + c] = image.pixels()[from + c];
                }
            }
        }
        return new Image(height, width, channels, out);
    }

    private static int[] nearestPositions(int in, int out) {
        double step = (double) in / out;
        double position = step * 0.5;
        int[] positions = new int[out];
        for (int o = 0; o < out; o++) {
            positions[o] = Math.min((int) position, in - 1);
            position += step;
        }
        return positions;
    }
}
