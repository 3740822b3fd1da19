package beits.segmentation;

/**
 * Segmentation metrics from a confusion matrix (mmseg {@code mean_iou}): classes that are neither in the truth nor predicted
 * (0/0) are left out of the means.
 */
public final class MeanIou {
    private final int classes;
    private final long[][] confusion;

    /** Empty counts. */
    public MeanIou(int classes) {
        this.classes = classes;
        this.confusion = new long[classes][classes];
    }

    /**
     * Counts pixels.
     *
     * @param truth class numbers; pixels outside [0, classes) are ignored
     * @param predicted class numbers in [0, classes)
     */
    public void add(int[] truth, int[] predicted) {
        for (int i = 0; i < truth.length; i++) {
            if (truth[i] >= 0 && truth[i] < classes) {
                confusion[truth[i]][predicted[i]]++;
            }
        }
    }

    /** Pixels by truth (row) and prediction (column). */
    public long[][] confusion() {
        long[][] copy = new long[classes][];
        for (int c = 0; c < classes; c++) {
            copy[c] = confusion[c].clone();
        }
        return copy;
    }

    /** Share of the pixels that are right. */
    public double pixelAccuracy() {
        long right = 0;
        long all = 0;
        for (int t = 0; t < classes; t++) {
            right += confusion[t][t];
            for (int p = 0; p < classes; p++) {
                all += confusion[t][p];
            }
        }
        return (double) right / all;
    }

    /** Share of the pixels of each class that are right; NaN for a class that is not in the truth. */
    public double[] accuracyPerClass() {
        double[] result = new double[classes];
        for (int t = 0; t < classes; t++) {
            long all = 0;
            for (int p = 0; p < classes; p++) {
                all += confusion[t][p];
            }
            result[t] = (double) confusion[t][t] / all;
        }
        return result;
    }

    /** Intersection over union of each class; NaN for a class that occurs nowhere. */
    public double[] iouPerClass() {
        double[] result = new double[classes];
        for (int c = 0; c < classes; c++) {
            long union = -confusion[c][c];
            for (int other = 0; other < classes; other++) {
                union += confusion[c][other] + confusion[other][c];
            }
            result[c] = (double) confusion[c][c] / union;
        }
        return result;
    }

    /** Mean of {@link #iouPerClass()} over the classes that occur. */
    public double meanIou() {
        return meanOfNumbers(iouPerClass());
    }

    /** Mean of {@link #accuracyPerClass()} over the classes that occur. */
    public double meanAccuracy() {
        return meanOfNumbers(accuracyPerClass());
    }

    private static double meanOfNumbers(double[] values) {
        double sum = 0;
        int count = 0;
        for (double value : values) {
            if (!Double.isNaN(value)) {
                sum += value;
                count++;
            }
        }
        return sum / count;
    }
}
