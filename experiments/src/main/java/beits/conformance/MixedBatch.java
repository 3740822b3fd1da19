package beits.conformance;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Labelled pictures in double precision, mixed as a case says (timm {@code Mixup}): picture i with picture B − 1 − i.
 *
 * @param images [batch, channels, height, width]
 * @param labels class numbers [batch]
 * @param targets class distributions [batch, classes], or none for plain pictures
 */
record MixedBatch(double[] images, int[] labels, double @Nullable [] targets) {
    /** Pictures that nothing was done to. */
    static MixedBatch plain(GoldenTensor images, GoldenTensor labels) {
        return new MixedBatch(images.values(), labels.integers(), null);
    }

    /** {@code lambda·x + (1 − lambda)·flipped x}, targets alike. */
    static MixedBatch mixup(GoldenTensor images, GoldenTensor labels, double lambda, int classes, double smoothing) {
        double[] own = images.values();
        double[] mixed = new double[own.length];
        for (int i = 0; i < mixed.length; i++) {
            mixed[i] = lambda * own[i] + (1 - lambda) * own[partner(i, images.shape())];
        }
        return new MixedBatch(mixed, labels.integers(), targets(labels.integers(), lambda, classes, smoothing));
    }

    /**
     * The box of the partner is pasted in.
     *
     * @param box top, bottom, left, right; bottom and right outside
     * @param lambda share of the own label, corrected for the clipped box
     */
    static MixedBatch cutMix(
            GoldenTensor images, GoldenTensor labels, int[] box, double lambda, int classes, double smoothing) {
        double[] own = images.values();
        double[] mixed = own.clone();
        int height = images.shape()[2];
        int width = images.shape()[3];
        for (int i = 0; i < mixed.length; i++) {
            int y = i / width % height;
            int x = i % width;
            if (y >= box[0] && y < box[1] && x >= box[2] && x < box[3]) {
                mixed[i] = own[partner(i, images.shape())];
            }
        }
        return new MixedBatch(mixed, labels.integers(), targets(labels.integers(), lambda, classes, smoothing));
    }

    private static int partner(int i, int[] shape) {
        int size = shape[1] * shape[2] * shape[3];
        return (shape[0] - 1 - i / size) * size + i % size;
    }

    private static double[] targets(int[] labels, double lambda, int classes, double smoothing) {
        double off = smoothing / classes;
        double on = 1 - smoothing;
        double[] targets = new double[labels.length * classes];
        Arrays.fill(targets, off);
        for (int i = 0; i < labels.length; i++) {
            targets[i * classes + labels[i]] += lambda * on;
            targets[i * classes + labels[labels.length - 1 - i]] += (1 - lambda) * on;
        }
        return targets;
    }
}
