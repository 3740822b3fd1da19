package beits.device.cpu;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Softmax of a few rows of scores in the cache, forward and backward. Each pass goes through all rows before the next one begins,
 * and what a row carries from pass to pass (largest, sum) stays a vector in a place of its own: the processor then works on several
 * rows at once instead of waiting for the reduction of each. Attention forward takes 0.70 (50 tokens) and 0.79 (197) of the time.
 * Scores lie in stretches [stretch][row][key].
 */
final class AttentionRows {
    private final MicroKernel kernel;
    private final int keys;
    private final int scoresAt;
    private final int carryAt;

    /**
     * Rows over {@code keys} keys.
     *
     * @param scoresAt first score; a vector behind the last key of each row may be overwritten
     * @param carryAt room of {@link #carrySize}
     */
    AttentionRows(MicroKernel kernel, int keys, int scoresAt, int carryAt) {
        this.kernel = kernel;
        this.keys = keys;
        this.scoresAt = scoresAt;
        this.carryAt = carryAt;
    }

    /** Elements of scores that {@code keys} keys need. */
    static int size(MicroKernel kernel, int keys) {
        return Pieces.ceil(keys, AttentionForward.STRETCH) * kernel.rows() * MicroKernel.ROW_STRIDE;
    }

    /** Elements that are carried from pass to pass. */
    static int carrySize(MicroKernel kernel) {
        return 2 * kernel.rows() * Lanes.COUNT;
    }

    /** {@code s = exp(scale·s + bias − largest)}; what is left is a division by the sum, which {@link #weighted} does at last. */
    void exponentials(float[] own, int rows, float scale, @Nullable MemorySegment bias, long biasAt) {
        AttentionLoops.fill(own, carryAt, rows, Float.NEGATIVE_INFINITY);
        for (int from = 0; from < keys; from += AttentionForward.STRETCH) {
            int count = Math.min(AttentionForward.STRETCH, keys - from);
            if (bias == null) {
                AttentionLoops.scaled(own, at(from), rows, count, scale, carryAt);
            } else {
                AttentionLoops.biased(own, at(from), rows, count, scale, bias, biasAt + from, keys, carryAt);
            }
        }
        AttentionLoops.spreadLargest(own, carryAt, rows);
        int sumsAt = carryAt + kernel.rows() * Lanes.COUNT;
        AttentionLoops.fill(own, sumsAt, rows, 0f);
        for (int from = 0; from < keys; from += AttentionForward.STRETCH) {
            int count = Math.min(AttentionForward.STRETCH, keys - from);
            AttentionLoops.exponentials(own, at(from), rows, count, carryAt, sumsAt);
        }
        AttentionLoops.spreadInverseSum(own, sumsAt, carryAt, rows);
    }

    /** Writes the rows divided by their sums. */
    void store(float[] own, int rows, MemorySegment probabilities, long to) {
        for (int from = 0; from < keys; from += AttentionForward.STRETCH) {
            int count = Math.min(AttentionForward.STRETCH, keys - from);
            AttentionLoops.storeScaled(
                    own, at(from), MicroKernel.ROW_STRIDE, rows, count, carryAt, probabilities, to + from, keys);
        }
    }

    /** {@code c = t / sum of the row}, added to what is there when {@code add}. */
    void weighted(float[] own, int tileAt, int rows, int columns, boolean add, MemorySegment c, long to, long stride) {
        if (add) {
            AttentionLoops.addScaled(own, tileAt, kernel.columns(), rows, columns, carryAt, c, to, stride);
        } else {
            AttentionLoops.storeScaled(own, tileAt, kernel.columns(), rows, columns, carryAt, c, to, stride);
        }
    }

    /** {@code ds = p · (dp − Σ p · dp)} in place of dp. */
    void gradients(float[] own, int rows, MemorySegment probabilities, long probabilityAt) {
        AttentionLoops.fill(own, carryAt, rows, 0f);
        for (int from = 0; from < keys; from += AttentionForward.STRETCH) {
            int count = Math.min(AttentionForward.STRETCH, keys - from);
            AttentionLoops.addProducts(own, at(from), rows, count, probabilities, probabilityAt + from, keys, carryAt);
        }
        AttentionLoops.spreadSum(own, carryAt, rows);
        for (int from = 0; from < keys; from += AttentionForward.STRETCH) {
            int count = Math.min(AttentionForward.STRETCH, keys - from);
            AttentionLoops.gradients(own, at(from), rows, count, probabilities, probabilityAt + from, keys, carryAt);
        }
    }

    /** Writes the rows into the gradient of the bias, or adds them to it. */
    void addToBias(float[] own, int rows, boolean add, MemorySegment dBias, long to) {
        for (int from = 0; from < keys; from += AttentionForward.STRETCH) {
            int count = Math.min(AttentionForward.STRETCH, keys - from);
            if (add) {
                AttentionLoops.add(own, at(from), rows, count, dBias, to + from, keys);
            } else {
                TileStore.store(own, at(from), MicroKernel.ROW_STRIDE, rows, count, dBias, to + from, keys);
            }
        }
    }

    private int at(int key) {
        return scoresAt + AttentionForward.score(kernel, 0, key);
    }
}
