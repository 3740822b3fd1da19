package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Softmax cross-entropy. A label beyond the classes gives a loss that is not a number, so that it cannot pass unseen.
 */
public final class CrossEntropyRows {
    private CrossEntropyRows() {}

    /** The largest value of a row. */
    static float max(FloatArray x, int xr, int columns) {
        float max = x.get(xr);
        for (int c = 1; c < columns; c++) {
            max = TornadoMath.max(max, x.get(xr + c));
        }
        return max;
    }

    /** {@code log Σ_c exp(x[c] − max)} of a row. */
    static float logSumExp(FloatArray x, int xr, int columns, float max) {
        float sum = 0f;
        for (int c = 0; c < columns; c++) {
            sum += TornadoMath.exp(x.get(xr + c) - max);
        }
        return TornadoMath.log(sum);
    }

    /**
     * {@code loss = Σ_r rowLoss[r] / n, hits = Σ_r rowHit[r]}, n the count or the rows, by one work-item; sizes: rows, whether there
     * is a count, 1.
     */
    public static void crossEntropyTotal(
            FloatArray rowValues, IntArray count, FloatArray totals, IntArray places, IntArray sizes) {
        int at = sizes.get(0);
        int rowLoss0 = places.get(at);
        int rowHit0 = places.get(at + 1);
        int count0 = places.get(at + 2);
        int loss0 = places.get(at + 3);
        int hits0 = places.get(at + 4);
        int rows = sizes.get(2);
        int withCount = sizes.get(3);
        int once = sizes.get(4);
        for (@Parallel int only = 0; only < once; only++) {
            int used = rows;
            if (withCount != 0) {
                used = count.get(count0);
            }
            float sum = 0f;
            float lost = 0f;
            float hit = 0f;
            for (int r = 0; r < rows; r++) {
                float term = rowValues.get(rowLoss0 + r) - lost;
                float next = sum + term;
                lost = (next - sum) - term;
                sum = next;
                hit += rowValues.get(rowHit0 + r);
            }
            totals.set(loss0 + only, sum / TornadoMath.max(used, 1));
            totals.set(hits0 + only, hit);
        }
    }

    /**
     * {@code dLogits[r,c] = dLoss/n·(exp(logits − lse) − (1 − smoothing)·[c = label] − smoothing/columns)}, 0 for rows that weigh
     * nothing; sizes: elements, rows, columns, whether there is a count; constants: smoothing.
     */
    public static void crossEntropyBackward(
            FloatArray logits,
            IntArray labels,
            IntArray count,
            FloatArray lse,
            FloatArray dLoss,
            FloatArray dLogits,
            IntArray places,
            IntArray sizes,
            FloatArray constants) {
        int at = sizes.get(0);
        int logits0 = places.get(at);
        int labels0 = places.get(at + 1);
        int count0 = places.get(at + 2);
        int lse0 = places.get(at + 3);
        int dLoss0 = places.get(at + 4);
        int dLogits0 = places.get(at + 5);
        float smoothing = constants.get(sizes.get(1));
        int n = sizes.get(2);
        int rows = sizes.get(3);
        int columns = sizes.get(4);
        int withCount = sizes.get(5);
        for (@Parallel int i = 0; i < n; i++) {
            int r = i / columns;
            int c = i - r * columns;
            int used = rows;
            if (withCount != 0) {
                used = count.get(count0);
            }
            int label = labels.get(labels0 + r);
            float value = 0f;
            if (r < used && label >= 0) {
                float target = smoothing / columns;
                if (c == label) {
                    target = target + 1f - smoothing;
                }
                float p = TornadoMath.exp(logits.get(logits0 + i) - lse.get(lse0 + 2 * r) - lse.get(lse0 + 2 * r + 1));
                value = dLoss.get(dLoss0) / used * (p - target);
            }
            dLogits.set(dLogits0 + i, value);
        }
    }

    /**
     * Cross-entropy against distributions: {@code lse[r]}, each row's {@code Σ_c targets·(lse − logits)} and whether the first
     * largest logit is at the first largest target; sizes: rows, columns.
     */
    public static void softCrossEntropyRows(
            FloatArray logits,
            FloatArray targets,
            FloatArray lse,
            FloatArray rowValues,
            IntArray places,
            IntArray sizes) {
        int at = sizes.get(0);
        int logits0 = places.get(at);
        int targets0 = places.get(at + 1);
        int lse0 = places.get(at + 2);
        int loss0 = places.get(at + 3);
        int hit0 = places.get(at + 4);
        int rows = sizes.get(2);
        int columns = sizes.get(3);
        for (@Parallel int r = 0; r < rows; r++) {
            int xr = logits0 + r * columns;
            int tr = targets0 + r * columns;
            float max = max(logits, xr, columns);
            float log = logSumExp(logits, xr, columns, max);
            lse.set(lse0 + 2 * r, max);
            lse.set(lse0 + 2 * r + 1, log);
            float sum = 0f;
            int bestLogit = 0;
            int bestTarget = 0;
            float largestLogit = logits.get(xr);
            float largestTarget = targets.get(tr);
            for (int c = 0; c < columns; c++) {
                float v = logits.get(xr + c);
                float t = targets.get(tr + c);
                sum += t * (log - (v - max));
                if (v > largestLogit) {
                    largestLogit = v;
                    bestLogit = c;
                }
                if (t > largestTarget) {
                    largestTarget = t;
                    bestTarget = c;
                }
            }
            rowValues.set(loss0 + r, sum);
            rowValues.set(hit0 + r, bestLogit == bestTarget ? 1f : 0f);
        }
    }

    /**
     * {@code dLogits[r,c] = dLoss/rows·(exp(logits − lse)·Σ_c targets − targets)}; sizes: rows, columns.
     */
    public static void softCrossEntropyBackward(
            FloatArray logits,
            FloatArray targets,
            FloatArray lse,
            FloatArray dLoss,
            FloatArray dLogits,
            IntArray places,
            IntArray sizes) {
        int at = sizes.get(0);
        int logits0 = places.get(at);
        int targets0 = places.get(at + 1);
        int lse0 = places.get(at + 2);
        int dLoss0 = places.get(at + 3);
        int dLogits0 = places.get(at + 4);
        int rows = sizes.get(2);
        int columns = sizes.get(3);
        for (@Parallel int r = 0; r < rows; r++) {
            float total = 0f;
            for (int c = 0; c < columns; c++) {
                total += targets.get(targets0 + r * columns + c);
            }
            float factor = dLoss.get(dLoss0) / rows;
            for (int c = 0; c < columns; c++) {
                int e = r * columns + c;
                float p = TornadoMath.exp(logits.get(logits0 + e) - lse.get(lse0 + 2 * r) - lse.get(lse0 + 2 * r + 1));
                dLogits.set(dLogits0 + e, factor * (p * total - targets.get(targets0 + e)));
            }
        }
    }
}
