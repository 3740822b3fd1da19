package beits.segmentation;

import java.util.stream.LongStream;

/**
 * Segmentation metrics from areas (mmseg {@code mean_iou}): classes that are neither in the truth nor predicted (0/0) are left out
 * of the means.
 *
 * <p>A true class that the model does not know counts as mmseg counts it: what was predicted there is wrong and adds to the union
 * of the predicted class. The first number behind the known ones adds to the true area of the last class as well, since the last
 * bin of {@code numpy.histogram} holds its upper end.
 */
public final class MeanIou {
    /** The number that mmseg's label files give to pixels that do not count. */
    private static final int IGNORED = 255;

    private final int classes;
    private final long[][] confusion;
    private final long[] truthAreas;
    private final long[] predictedAreas;

    /** Empty counts. */
    public MeanIou(int classes) {
        this.classes = classes;
        this.confusion = new long[classes][classes];
        this.truthAreas = new long[classes];
        this.predictedAreas = new long[classes];
    }

    /**
     * Counts pixels.
     *
     * @param truth class numbers; negative ones and 255 are ignored
     * @param predicted class numbers in [0, classes)
     */
    public void add(int[] truth, int[] predicted) {
        for (int i = 0; i < truth.length; i++) {
            int label = truth[i];
            if (label < 0 || label == IGNORED) {
                continue;
            }
            predictedAreas[predicted[i]]++;
            if (label <= classes) {
                truthAreas[Math.min(label, classes - 1)]++;
            }
            if (label < classes) {
                confusion[label][predicted[i]]++;
            }
        }
    }

    /** Pixels of known classes by truth (row) and prediction (column). */
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
        for (int c = 0; c < classes; c++) {
            right += confusion[c][c];
        }
        return (double) right / LongStream.of(truthAreas).sum();
    }

    /** Share of the pixels of each class that are right; NaN for a class that is not in the truth. */
    public double[] accuracyPerClass() {
        double[] result = new double[classes];
        for (int c = 0; c < classes; c++) {
            result[c] = (double) confusion[c][c] / truthAreas[c];
        }
        return result;
    }

    /** Intersection over union of each class; NaN for a class that occurs nowhere. */
    public double[] iouPerClass() {
        double[] result = new double[classes];
        for (int c = 0; c < classes; c++) {
            long union = truthAreas[c] + predictedAreas[c] - confusion[c][c];
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
