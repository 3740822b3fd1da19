package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/** Softmax cross-entropy against labels in vectors: one work-item a row, with the operands of {@link CrossEntropyRows}. */
public final class VectorCrossEntropy {
    private VectorCrossEntropy() {}

    /**
     * {@code lse[r,0..1]}, and each row's loss and hit in {@code rowLoss[r], rowHit[r]}; sizes: rows, columns, whether there is a count;
     * constants: smoothing, NaN (which has no name in the generated code).
     */
    public static void crossEntropyOfRows(
            FloatArray logits,
            IntArray labels,
            IntArray count,
            FloatArray lse,
            FloatArray rowValues,
            IntArray places,
            IntArray sizes,
            FloatArray constants) {
        int at = sizes.get(0);
        int logits0 = places.get(at);
        int labels0 = places.get(at + 1);
        int count0 = places.get(at + 2);
        int lse0 = places.get(at + 3);
        int loss0 = places.get(at + 4);
        int hit0 = places.get(at + 5);
        float smoothing = constants.get(sizes.get(1));
        int rows = sizes.get(2);
        int columns = sizes.get(3);
        int withCount = sizes.get(4);
        for (@Parallel int r = 0; r < rows; r++) {
            int used = rows;
            if (withCount != 0) {
                used = count.get(count0);
            }
            float loss = 0f;
            float hit = 0f;
            if (r < used) {
                int xr = logits0 + r * columns;
                int label = labels.get(labels0 + r);
                Float16 largest = Vectors.all(Float.NEGATIVE_INFINITY);
                int c = 0;
                for (; c + Vectors.LANES <= columns; c += Vectors.LANES) {
                    Float16 v = Vectors.load(logits, xr + c);
                    largest = Float16.max(largest, v);
                }
                float max = Vectors.max(largest);
                for (; c < columns; c++) {
                    max = TornadoMath.max(max, logits.get(xr + c));
                }
                Float16 sums = Vectors.all(0f);
                Float16 exponents = Vectors.all(0f);
                for (c = 0; c + Vectors.LANES <= columns; c += Vectors.LANES) {
                    Float16 d = Float16.sub(Vectors.load(logits, xr + c), max);
                    sums = Float16.add(sums, VectorNumbers.expOfNegative(d));
                    exponents = Float16.add(exponents, d);
                }
                float total = Vectors.sum(exponents);
                float sum = Vectors.sum(sums) + SoftmaxRows.weightless(total);
                for (; c < columns; c++) {
                    float d = logits.get(xr + c) - max;
                    total += d;
                    sum += TornadoMath.exp(d);
                }
                float log = TornadoMath.log(sum);
                lse.set(lse0 + 2 * r, max);
                lse.set(lse0 + 2 * r + 1, log);
                if (label >= columns) {
                    loss = constants.get(sizes.get(1) + 1);
                } else if (label >= 0) {
                    float chosen = logits.get(xr + label);
                    loss = (1f - smoothing) * (log - (chosen - max)) + smoothing * (log - total / columns);
                    // A hit is the first of the largest.
                    int before = 0;
                    if (chosen == max) {
                        hit = 1f;
                        before = label;
                    }
                    for (c = 0; c < before; c++) {
                        if (logits.get(xr + c) == max) {
                            hit = 0f;
                        }
                    }
                }
            }
            rowValues.set(loss0 + r, loss);
            rowValues.set(hit0 + r, hit);
        }
    }

    /** As {@link CrossEntropyRows#crossEntropyBackward}. */
    public static void crossEntropyBackwardOfRows(
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
        int labels0 = places.get(at + 1);
        int count0 = places.get(at + 2);
        int lse0 = places.get(at + 3);
        int dLoss0 = places.get(at + 4);
        float smoothing = constants.get(sizes.get(1));
        int rows = sizes.get(3);
        int columns = sizes.get(4);
        int withCount = sizes.get(5);
        for (@Parallel int r = 0; r < rows; r++) {
            int xr = places.get(at) + r * columns;
            int dr = places.get(at + 5) + r * columns;
            int used = rows;
            if (withCount != 0) {
                used = count.get(count0);
            }
            int label = labels.get(labels0 + r);
            float factor = 0f;
            if (r < used && label >= 0) {
                factor = dLoss.get(dLoss0) / used;
            }
            float max = 0f;
            float log = 0f;
            if (factor != 0f) {
                max = lse.get(lse0 + 2 * r);
                log = lse.get(lse0 + 2 * r + 1);
            }
            float target = smoothing / columns;
            int c = 0;
            for (; c + Vectors.LANES <= columns; c += Vectors.LANES) {
                Float16 p =
                        VectorNumbers.expOfNegative(Float16.sub(Float16.sub(Vectors.load(logits, xr + c), max), log));
                Vectors.store(dLogits, dr + c, Float16.mult(Float16.sub(p, target), factor));
            }
            for (; c < columns; c++) {
                dLogits.set(dr + c, factor * (TornadoMath.exp(logits.get(xr + c) - max - log) - target));
            }
            if (factor != 0f && label < columns) {
                dLogits.set(dr + label, dLogits.get(dr + label) - factor * (1f - smoothing));
            }
        }
    }
}
