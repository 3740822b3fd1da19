package beits.device.cpu;

import beits.kernel.CrossEntropy;
import beits.kernel.CrossEntropyBackward;
import beits.kernel.SoftCrossEntropy;
import beits.kernel.SoftCrossEntropyBackward;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/** Cross-entropy and its gradient; rows in parallel, their losses added in order in double precision. */
final class CrossEntropyRows {
    private CrossEntropyRows() {}

    static Step forward(CrossEntropy kernel, Memory memory) {
        MemorySegment logits = memory.of(kernel.logits());
        MemorySegment labels = memory.of(kernel.labels());
        MemorySegment count = memory.ofNullable(kernel.count());
        MemorySegment lse = memory.of(kernel.lse());
        MemorySegment loss = memory.of(kernel.loss());
        MemorySegment hits = memory.of(kernel.hits());
        int rows = kernel.logits().shape().rows();
        int columns = kernel.logits().shape().columns();
        double smoothing = kernel.smoothing();
        double[] losses = new double[rows];
        boolean[] hit = new boolean[rows];
        Step each = Pieces.rows(rows, columns, (from, to) -> {
            int used = used(count, rows);
            for (int row = from; row < to; row++) {
                losses[row] = 0;
                hit[row] = false;
                if (row < used) {
                    long at = (long) row * columns;
                    float max = SoftmaxRows.max(logits, at, columns);
                    double log = StrictMath.log(SoftmaxRows.sumOfExponentials(logits, at, columns, max));
                    Lanes.set(lse, 2L * row, max);
                    Lanes.set(lse, 2L * row + 1, (float) log);
                    int label = Lanes.integer(labels, row);
                    if (label >= 0) {
                        float score = Lanes.get(logits, at + label);
                        double even = smoothing == 0
                                ? 0
                                : smoothing * (log - (double) RowSums.sum(logits, at, columns, max) / columns);
                        losses[row] = (1 - smoothing) * (log - ((double) score - max)) + even;
                        hit[row] = score == max && first(logits, at, label, max) == label;
                    }
                }
            }
        });
        return Step.sequence(each, Step.of(1, (worker, piece) -> {
            int used = used(count, rows);
            double total = 0;
            int found = 0;
            for (int row = 0; row < used; row++) {
                total += losses[row];
                found += hit[row] ? 1 : 0;
            }
            Lanes.set(loss, 0, used == 0 ? 0f : (float) (total / used));
            Lanes.set(hits, 0, found);
        }));
    }

    static Step backward(CrossEntropyBackward kernel, Memory memory) {
        MemorySegment logits = memory.of(kernel.logits());
        MemorySegment labels = memory.of(kernel.labels());
        MemorySegment count = memory.ofNullable(kernel.count());
        MemorySegment lse = memory.of(kernel.lse());
        MemorySegment dLoss = memory.of(kernel.dLoss());
        MemorySegment dLogits = memory.of(kernel.dLogits());
        int rows = kernel.logits().shape().rows();
        int columns = kernel.logits().shape().columns();
        double smoothing = kernel.smoothing();
        return Pieces.rows(rows, columns, (from, to) -> {
            int used = used(count, rows);
            for (int row = from; row < to; row++) {
                long at = (long) row * columns;
                int label = Lanes.integer(labels, row);
                if (row >= used || label < 0) {
                    dLogits.asSlice(at * Float.BYTES, (long) columns * Float.BYTES)
                            .fill((byte) 0);
                } else {
                    double factor = (double) Lanes.get(dLoss, 0) / used;
                    shareRow(
                            logits,
                            at,
                            columns,
                            Lanes.get(lse, 2L * row),
                            Lanes.get(lse, 2L * row + 1),
                            (float) factor,
                            (float) (smoothing / columns * factor),
                            dLogits);
                    float labelled = Lanes.get(dLogits, at + label);
                    Lanes.set(dLogits, at + label, (float) (labelled - (1 - smoothing) * factor));
                }
            }
        });
    }

    static Step soft(SoftCrossEntropy kernel, Memory memory) {
        MemorySegment logits = memory.of(kernel.logits());
        MemorySegment targets = memory.of(kernel.targets());
        MemorySegment lse = memory.of(kernel.lse());
        MemorySegment loss = memory.of(kernel.loss());
        MemorySegment hits = memory.of(kernel.hits());
        int rows = kernel.logits().shape().rows();
        int columns = kernel.logits().shape().columns();
        double[] losses = new double[rows];
        boolean[] hit = new boolean[rows];
        Step each = Pieces.rows(rows, columns, (from, to) -> {
            for (int row = from; row < to; row++) {
                long at = (long) row * columns;
                float max = SoftmaxRows.max(logits, at, columns);
                double log = StrictMath.log(SoftmaxRows.sumOfExponentials(logits, at, columns, max));
                Lanes.set(lse, 2L * row, max);
                Lanes.set(lse, 2L * row + 1, (float) log);
                double total = 0;
                for (int j = 0; j < columns; j++) {
                    total += Lanes.get(targets, at + j) * (log - ((double) Lanes.get(logits, at + j) - max));
                }
                losses[row] = total;
                float largest = SoftmaxRows.max(targets, at, columns);
                hit[row] = first(logits, at, columns, max) == first(targets, at, columns, largest);
            }
        });
        return Step.sequence(each, Step.of(1, (worker, piece) -> {
            double total = 0;
            int found = 0;
            for (int row = 0; row < rows; row++) {
                total += losses[row];
                found += hit[row] ? 1 : 0;
            }
            Lanes.set(loss, 0, rows == 0 ? 0f : (float) (total / rows));
            Lanes.set(hits, 0, found);
        }));
    }

    static Step softBackward(SoftCrossEntropyBackward kernel, Memory memory) {
        MemorySegment logits = memory.of(kernel.logits());
        MemorySegment targets = memory.of(kernel.targets());
        MemorySegment lse = memory.of(kernel.lse());
        MemorySegment dLoss = memory.of(kernel.dLoss());
        MemorySegment dLogits = memory.of(kernel.dLogits());
        int rows = kernel.logits().shape().rows();
        int columns = kernel.logits().shape().columns();
        return Pieces.rows(rows, columns, (from, to) -> {
            float factor = Lanes.get(dLoss, 0) / rows;
            for (int row = from; row < to; row++) {
                long at = (long) row * columns;
                float mass = RowSums.sum(targets, at, columns, 0f) * factor;
                softRow(
                        logits,
                        targets,
                        at,
                        columns,
                        Lanes.get(lse, 2L * row),
                        Lanes.get(lse, 2L * row + 1),
                        mass,
                        factor,
                        dLogits);
            }
        });
    }

    private static int used(@Nullable MemorySegment count, int rows) {
        return count == null ? rows : Math.clamp(Lanes.integer(count, 0), 0, rows);
    }

    /** Position of the first element equal to {@code value}, or {@code columns}. */
    private static int first(MemorySegment x, long at, int columns, float value) {
        int j = 0;
        while (j < columns && Lanes.get(x, at + j) != value) {
            j++;
        }
        return j;
    }

    /** {@code out = exp(x − max − log) · factor − even}. */
    private static void shareRow(
            MemorySegment x, long at, int columns, float max, float log, float factor, float even, MemorySegment out) {
        int whole = Lanes.whole(columns);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            FloatVector p = VectorMath.exp(Lanes.load(x, at + j).sub(max).sub(log));
            Lanes.store(p.mul(factor).sub(even), out, at + j);
        }
        if (whole < columns) {
            VectorMask<Float> rest = Lanes.first(columns - whole);
            FloatVector p =
                    VectorMath.exp(Lanes.load(x, at + whole, rest).sub(max).sub(log));
            Lanes.store(p.mul(factor).sub(even), out, at + whole, rest);
        }
    }

    private static void softRow(
            MemorySegment x,
            MemorySegment targets,
            long at,
            int columns,
            float max,
            float log,
            float mass,
            float factor,
            MemorySegment out) {
        int whole = Lanes.whole(columns);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            FloatVector p = VectorMath.exp(Lanes.load(x, at + j).sub(max).sub(log));
            Lanes.store(p.mul(mass).sub(Lanes.load(targets, at + j).mul(factor)), out, at + j);
        }
        if (whole < columns) {
            VectorMask<Float> rest = Lanes.first(columns - whole);
            FloatVector p =
                    VectorMath.exp(Lanes.load(x, at + whole, rest).sub(max).sub(log));
            FloatVector t = Lanes.load(targets, at + whole, rest);
            Lanes.store(p.mul(mass).sub(t.mul(factor)), out, at + whole, rest);
        }
    }
}
