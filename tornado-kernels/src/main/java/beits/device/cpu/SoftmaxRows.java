package beits.device.cpu;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Softmax and its parts over rows in memory. */
final class SoftmaxRows {
    private SoftmaxRows() {}

    static Step forward(MemorySegment x, MemorySegment y, int rows, int columns) {
        return Pieces.rows(rows, columns, (from, to) -> {
            for (int row = from; row < to; row++) {
                long at = (long) row * columns;
                float sum = exponentials(x, at, columns, max(x, at, columns), y);
                scale(y, at, columns, 1f / sum);
            }
        });
    }

    static Step backward(MemorySegment y, MemorySegment dy, MemorySegment dx, int rows, int columns) {
        return Pieces.rows(rows, columns, (from, to) -> {
            for (int row = from; row < to; row++) {
                rowBackward(y, dy, dx, (long) row * columns, columns);
            }
        });
    }

    /** The largest value of a row. */
    static float max(MemorySegment x, long at, int columns) {
        int whole = Lanes.whole(columns);
        FloatVector max = Lanes.all(Float.NEGATIVE_INFINITY);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            max = Lanes.larger(max, Lanes.load(x, at + j));
        }
        if (whole < columns) {
            VectorMask<Float> rest = Lanes.first(columns - whole);
            max = max.lanewise(VectorOperators.MAX, Lanes.load(x, at + whole, rest), rest);
        }
        return Lanes.max(max);
    }

    /** {@code Σ exp(x − max)} of a row. */
    static float sumOfExponentials(MemorySegment x, long at, int columns, float max) {
        int whole = Lanes.whole(columns);
        FloatVector sum = Lanes.zero();
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            sum = sum.add(VectorMath.exp(Lanes.load(x, at + j).sub(max)));
        }
        if (whole < columns) {
            VectorMask<Float> rest = Lanes.first(columns - whole);
            sum = sum.add(VectorMath.exp(Lanes.load(x, at + whole, rest).sub(max)), rest);
        }
        return Lanes.sum(sum);
    }

    private static float exponentials(MemorySegment x, long at, int columns, float max, MemorySegment y) {
        int whole = Lanes.whole(columns);
        FloatVector sum = Lanes.zero();
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            FloatVector e = VectorMath.exp(Lanes.load(x, at + j).sub(max));
            Lanes.store(e, y, at + j);
            sum = sum.add(e);
        }
        if (whole < columns) {
            VectorMask<Float> rest = Lanes.first(columns - whole);
            FloatVector e = VectorMath.exp(Lanes.load(x, at + whole, rest).sub(max));
            Lanes.store(e, y, at + whole, rest);
            sum = sum.add(e, rest);
        }
        return Lanes.sum(sum);
    }

    private static void scale(MemorySegment y, long at, int columns, float factor) {
        int whole = Lanes.whole(columns);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            Lanes.store(Lanes.load(y, at + j).mul(factor), y, at + j);
        }
        if (whole < columns) {
            VectorMask<Float> rest = Lanes.first(columns - whole);
            Lanes.store(Lanes.load(y, at + whole, rest).mul(factor), y, at + whole, rest);
        }
    }

    private static void rowBackward(MemorySegment y, MemorySegment dy, MemorySegment dx, long at, int columns) {
        int whole = Lanes.whole(columns);
        VectorMask<Float> rest = Lanes.first(columns - whole);
        FloatVector sum = Lanes.zero();
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            sum = Lanes.load(y, at + j).fma(Lanes.load(dy, at + j), sum);
        }
        if (whole < columns) {
            sum = sum.add(Lanes.load(y, at + whole, rest).mul(Lanes.load(dy, at + whole, rest)));
        }
        float total = Lanes.sum(sum);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            Lanes.store(Lanes.load(dy, at + j).sub(total).mul(Lanes.load(y, at + j)), dx, at + j);
        }
        if (whole < columns) {
            FloatVector d = Lanes.load(dy, at + whole, rest).sub(total);
            Lanes.store(d.mul(Lanes.load(y, at + whole, rest)), dx, at + whole, rest);
        }
    }
}
