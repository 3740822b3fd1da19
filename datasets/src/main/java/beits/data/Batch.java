package beits.data;

import java.util.Arrays;

/**
 * A batch as plain row-major arrays. Arrays have room for the full batch size; rows from {@link #count} on are zero. What
 * a pipeline does not produce is an array of length 0.
 *
 * @param position where in the stream of batches this is
 * @param layout shapes of one row
 * @param count rows in use
 * @param images [batch, channels, height, width] normalised
 * @param tokenViews [batch, channels, height, width] for the tokenizer
 * @param masks [batch, patches] hidden patches
 * @param labels [batch] classes, −1 without one
 * @param targets [batch, classes] class probabilities, when pictures are mixed
 * @param pixelLabels [batch, height, width] class of each pixel, 255 ignored
 * @param indices [batch] which sample of the data set each row is
 */
@SuppressWarnings("ArrayRecordComponent") // the arrays are the content; batches are never compared
public record Batch(
        Position position,
        Layout layout,
        int count,
        float[] images,
        float[] tokenViews,
        boolean[] masks,
        int[] labels,
        float[] targets,
        int[] pixelLabels,
        int[] indices) {

    /**
     * Shapes of one row; 0 for what there is not.
     *
     * @param channels of the images
     * @param tokenChannels of the token views
     * @param patches length of a mask
     * @param classes length of a target
     * @param pixelLabels length of a pixel label map, height * width
     */
    public record Layout(
            int channels,
            int height,
            int width,
            int tokenChannels,
            int tokenHeight,
            int tokenWidth,
            int patches,
            int classes,
            int pixelLabels) {
        /** Images alone. */
        public static Layout images(int channels, int height, int width) {
            return new Layout(channels, height, width, 0, 0, 0, 0, 0, 0);
        }

        /** Floats of one image. */
        public int imageLength() {
            return channels * height * width;
        }

        /** Floats of one token view. */
        public int tokenLength() {
            return tokenChannels * tokenHeight * tokenWidth;
        }
    }

    static Batch allocate(Position position, Layout layout, int rows) {
        int[] labels = new int[rows];
        Arrays.fill(labels, -1);
        return new Batch(
                position,
                layout,
                rows,
                new float[Math.multiplyExact(rows, layout.imageLength())],
                new float[Math.multiplyExact(rows, layout.tokenLength())],
                new boolean[rows * layout.patches()],
                labels,
                new float[rows * layout.classes()],
                new int[Math.multiplyExact(rows, layout.pixelLabels())],
                new int[rows]);
    }

    /** The same arrays as {@link #allocate} leaves them, for another batch. */
    Batch cleared(Position next) {
        Arrays.fill(images, 0f);
        Arrays.fill(tokenViews, 0f);
        Arrays.fill(masks, false);
        Arrays.fill(labels, -1);
        Arrays.fill(targets, 0f);
        Arrays.fill(pixelLabels, 0);
        Arrays.fill(indices, 0);
        return new Batch(
                next, layout, indices.length, images, tokenViews, masks, labels, targets, pixelLabels, indices);
    }

    /** The same arrays with the kept rows moved to the front and the rest cleared. */
    Batch keeping(boolean[] kept) {
        int to = 0;
        for (int row = 0; row < kept.length; row++) {
            if (kept[row]) {
                move(images, layout.imageLength(), row, to);
                move(tokenViews, layout.tokenLength(), row, to);
                move(masks, layout.patches(), row, to);
                move(labels, 1, row, to);
                move(pixelLabels, layout.pixelLabels(), row, to);
                move(indices, 1, row, to);
                to++;
            }
        }
        Arrays.fill(images, to * layout.imageLength(), images.length, 0f);
        Arrays.fill(tokenViews, to * layout.tokenLength(), tokenViews.length, 0f);
        Arrays.fill(masks, to * layout.patches(), masks.length, false);
        Arrays.fill(labels, to, labels.length, -1);
        Arrays.fill(pixelLabels, to * layout.pixelLabels(), pixelLabels.length, 0);
        return new Batch(position, layout, to, images, tokenViews, masks, labels, targets, pixelLabels, indices);
    }

    @SuppressWarnings("SuspiciousSystemArraycopy") // array is one of the batch's own
    private static void move(Object array, int length, int from, int to) {
        if (from != to && length > 0) {
            System.arraycopy(array, from * length, array, to * length, length);
        }
    }
}
