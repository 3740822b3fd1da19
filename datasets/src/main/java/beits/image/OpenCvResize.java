package beits.image;

/**
 * Resizing with OpenCV's rules, as mmsegmentation's pipelines do it: equal to {@code cv2.resize} of 8-bit pictures bit for bit. A
 * target position reads the two (or the one) source positions beside it however much the picture shrinks, where {@link Resize}
 * averages all that it covers.
 */
public final class OpenCvResize {
    private static final int WEIGHT_BITS = 11;

    private OpenCvResize() {}

    /**
     * The picture resized with {@code INTER_LINEAR}: weights of 11 fraction bits, along the rows first; a sum of a row loses 4 bits
     * and its product with the weight of the column 16 more before the two are added.
     */
    public static Image linear(Image image, int height, int width) {
        requirePositive(height, width);
        if (height == image.height() && width == image.width()) {
            return image;
        }
        int channels = image.channels();
        Neighbours columns = Neighbours.of(image.width(), width).clamped(image.width());
        Neighbours rows = Neighbours.of(image.height(), height);
        byte[] out = new byte[Math.multiplyExact(Math.multiplyExact(height, width), channels)];
        int length = width * channels;
        int[] upper = new int[length];
        int[] lower = new int[length];
        int upperRow = -1;
        int lowerRow = -1;
        for (int y = 0; y < height; y++) {
            int first = Math.clamp(rows.first[y], 0, image.height() - 1);
            int second = Math.clamp(rows.first[y] + 1, 0, image.height() - 1);
            if (first == lowerRow) {
                int[] passed = upper;
                upper = lower;
                upperRow = lowerRow;
                lower = passed;
                lowerRow = -1;
            }
            if (first != upperRow) {
                row(image, first, columns, upper);
                upperRow = first;
            }
            if (second != lowerRow) {
                row(image, second, columns, lower);
                lowerRow = second;
            }
            int weight = rows.weights[2 * y];
            int nextWeight = rows.weights[2 * y + 1];
            for (int i = 0; i < length; i++) {
                int sum = ((weight * (upper[i] >> 4)) >> 16) + ((nextWeight * (lower[i] >> 4)) >> 16);
                out[y * length + i] = (byte) ((sum + 2) >> 2);
            }
        }
        return new Image(height, width, channels, out);
    }

    /** The picture resized with {@code INTER_NEAREST}: target position i reads ⌊i · in / out⌋, not the pixel below its centre. */
    public static Image nearest(Image image, int height, int width) {
        requirePositive(height, width);
        int channels = image.channels();
        int[] rows = nearest(image.height(), height);
        int[] columns = nearest(image.width(), width);
        byte[] out = new byte[Math.multiplyExact(Math.multiplyExact(height, width), channels)];
        int to = 0;
        for (int row : rows) {
            for (int column : columns) {
                System.arraycopy(image.pixels(), (row * image.width() + column) * channels, out, to, channels);
                to += channels;
            }
        }
        return new Image(height, width, channels, out);
    }

    private static int[] nearest(int in, int out) {
        double step = 1 / ((double) out / in);
        int[] positions = new int[out];
        for (int o = 0; o < out; o++) {
            positions[o] = Math.min((int) Math.floor(o * step), in - 1);
        }
        return positions;
    }

    private static void requirePositive(int height, int width) {
        if (height <= 0 || width <= 0) {
            throw new IllegalArgumentException("resize to %d x %d".formatted(height, width));
        }
    }

    /** For each target position the first of the two source positions it reads, which may lie outside, and both weights. */
    @SuppressWarnings("ArrayRecordComponent") // read in inner loops, never compared
    private record Neighbours(int[] first, int[] weights) {
        static Neighbours of(int in, int out) {
            double step = 1 / ((double) out / in);
            Neighbours neighbours = new Neighbours(new int[out], new int[2 * out]);
            for (int o = 0; o < out; o++) {
                float place = (float) ((o + 0.5) * step - 0.5);
                int first = (int) Math.floor(place);
                neighbours.set(o, first, place - first);
            }
            return neighbours;
        }

        /** The same with all weight on the border where a neighbour is missing. OpenCV does so along the rows only. */
        Neighbours clamped(int in) {
            for (int o = 0; o < first.length; o++) {
                if (first[o] < 0 || first[o] >= in - 1) {
                    set(o, Math.clamp(first[o], 0, in - 1), 0f);
                }
            }
            return this;
        }

        private void set(int o, int position, float share) {
            first[o] = position;
            weights[2 * o] = (int) Math.rint((1f - share) * (1 << WEIGHT_BITS));
            weights[2 * o + 1] = (int) Math.rint(share * (1 << WEIGHT_BITS));
        }
    }

    private static void row(Image image, int row, Neighbours columns, int[] out) {
        byte[] pixels = image.pixels();
        int channels = image.channels();
        int start = row * image.width() * channels;
        int last = (image.width() - 1) * channels;
        for (int x = 0; x < columns.first.length; x++) {
            int left = columns.first[x] * channels;
            int right = Math.min(left + channels, last);
            int weight = columns.weights[2 * x];
            int nextWeight = columns.weights[2 * x + 1];
            for (int c = 0; c < channels; c++) {
                out[x * channels + c] =
                        (pixels[start + left + c] & 0xff) * weight + (pixels[start + right + c] & 0xff) * nextWeight;
            }
        }
    }
}
