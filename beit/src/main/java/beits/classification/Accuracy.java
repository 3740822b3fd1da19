package beits.classification;

import java.util.Arrays;

/**
 * Top-1 and top-5 counts with a confusion matrix (timm {@code accuracy}; of equal logits the class with the lower number comes
 * first). What is not a number comes before all numbers, as in PyTorch's {@code topk}, and never counts as right.
 */
public final class Accuracy {
    private final int classes;
    private final int[][] confusion;
    private int top1;
    private int top5;
    private int pictures;

    /** Empty counts. */
    public Accuracy(int classes) {
        this.classes = classes;
        this.confusion = new int[classes][classes];
    }

    /**
     * Counts a batch.
     *
     * @param logits [count, classes]
     * @param labels [count]
     */
    public void add(float[] logits, int[] labels) {
        for (int i = 0; i < labels.length; i++) {
            int label = labels[i];
            float own = logits[i * classes + label];
            int before = 0;
            int best = 0;
            for (int c = 0; c < classes; c++) {
                float value = logits[i * classes + c];
                if (Float.isNaN(own) || Float.compare(value, own) > 0 || (value == own && c < label)) {
                    before++;
                }
                if (Float.compare(value, logits[i * classes + best]) > 0) {
                    best = c;
                }
            }
            top1 += before < 1 ? 1 : 0;
            top5 += before < 5 ? 1 : 0;
            confusion[label][best]++;
            pictures++;
        }
    }

    /** Share of pictures whose label has the largest logit. */
    public double top1() {
        return pictures == 0 ? 0 : (double) top1 / pictures;
    }

    /** Share of pictures whose label is among the five largest logits. */
    public double top5() {
        return pictures == 0 ? 0 : (double) top5 / pictures;
    }

    /** Pictures counted. */
    public int pictures() {
        return pictures;
    }

    /** Pictures of a class. */
    public int pictures(int label) {
        return Arrays.stream(confusion[label]).sum();
    }

    /** Share of the pictures of a class that have its logit the largest; not a number when there are none. */
    public double top1(int label) {
        return (double) confusion[label][label] / pictures(label);
    }

    /** Pictures by label (row) and predicted class (column). */
    public int[][] confusion() {
        int[][] copy = new int[classes][];
        for (int c = 0; c < classes; c++) {
            copy[c] = confusion[c].clone();
        }
        return copy;
    }
}
