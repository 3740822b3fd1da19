package beits.segmentation;

/**
 * Averages the class probabilities of several views of a picture, at its own size (mmseg {@code EncoderDecoder.aug_test}): logits of
 * a view are resized bilinearly ({@code align_corners=False}), turned into probabilities and, for a mirrored view, mirrored back.
 */
public final class PixelVote {
    private final int height;
    private final int width;
    private final int classes;
    private final float[] sum;

    /**
     * No votes yet.
     *
     * @param height of the picture
     * @param width of the picture
     */
    public PixelVote(int height, int width, int classes) {
        this.height = height;
        this.width = width;
        this.classes = classes;
        this.sum = new float[Math.multiplyExact(Math.multiplyExact(height, width), classes)];
    }

    /**
     * Adds a view.
     *
     * @param logits [viewHeight, viewWidth, classes]
     * @param mirrored whether left and right of the view are exchanged
     */
    public void add(float[] logits, int viewHeight, int viewWidth, boolean mirrored) {
        double[] row = new double[classes];
        for (int y = 0; y < height; y++) {
            double sourceY = Math.max(0, (y + 0.5) * viewHeight / height - 0.5);
            int top = Math.min((int) sourceY, viewHeight - 1);
            int bottom = Math.min(top + 1, viewHeight - 1);
            double down = sourceY - top;
            for (int x = 0; x < width; x++) {
                double sourceX = Math.max(0, (x + 0.5) * viewWidth / width - 0.5);
                int left = Math.min((int) sourceX, viewWidth - 1);
                int right = Math.min(left + 1, viewWidth - 1);
                double across = sourceX - left;
                double largest = Double.NEGATIVE_INFINITY;
                for (int c = 0; c < classes; c++) {
                    double above = mix(logits, top, left, right, viewWidth, c, across);
                    double below = mix(logits, bottom, left, right, viewWidth, c, across);
                    row[c] = above + (below - above) * down;
                    largest = Math.max(largest, row[c]);
                }
                double total = 0;
                for (int c = 0; c < classes; c++) {
                    row[c] = Math.exp(row[c] - largest);
                    total += row[c];
                }
                int to = (y * width + (mirrored ? width - 1 - x : x)) * classes;
                for (int c = 0; c < classes; c++) {
                    sum[to + c] += (float) (row[c] / total);
                }
            }
        }
    }

    private double mix(float[] logits, int y, int left, int right, int viewWidth, int c, double across) {
        double one = logits[(y * viewWidth + left) * classes + c];
        double other = logits[(y * viewWidth + right) * classes + c];
        return one + (other - one) * across;
    }

    /** The class with the largest mean probability of each pixel, the first of equals: [height, width]. */
    public int[] winners() {
        int[] winners = new int[height * width];
        for (int i = 0; i < winners.length; i++) {
            int best = 0;
            for (int c = 1; c < classes; c++) {
                if (sum[i * classes + c] > sum[i * classes + best]) {
                    best = c;
                }
            }
            winners[i] = best;
        }
        return winners;
    }
}
