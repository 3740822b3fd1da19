package beits.device.cpu;

import beits.kernel.LayerNorm;
import beits.kernel.LayerNormBackward;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** LayerNorm and its gradient, row by row; a row stays in the first-level cache between its passes. */
final class LayerNormRows {
    private LayerNormRows() {}

    static Step forward(LayerNorm kernel, Memory memory) {
        MemorySegment x = memory.of(kernel.x());
        MemorySegment gamma = memory.of(kernel.gamma());
        MemorySegment beta = memory.of(kernel.beta());
        MemorySegment y = memory.of(kernel.y());
        MemorySegment mean = memory.of(kernel.mean());
        MemorySegment rstd = memory.of(kernel.rstd());
        int columns = kernel.x().shape().columns();
        float epsilon = (float) kernel.epsilon();
        return Pieces.rows(kernel.x().shape().rows(), columns, (from, to) -> {
            for (int row = from; row < to; row++) {
                long at = (long) row * columns;
                float rough = RowSums.sum(x, at, columns, 0f) / columns;
                // Where the mean is large beside the deviation, its rounding would be what is normalised.
                float average = rough + RowSums.sum(x, at, columns, rough) / columns;
                float deviation = (float) (1 / Math.sqrt(squares(x, at, columns, average) / columns + epsilon));
                normalise(x, at, columns, average, deviation, gamma, beta, y);
                Lanes.set(mean, row, average);
                Lanes.set(rstd, row, deviation);
            }
        });
    }

    static Step backward(LayerNormBackward kernel, Memory memory, Scratch scratch) {
        MemorySegment x = memory.of(kernel.x());
        MemorySegment gamma = memory.of(kernel.gamma());
        MemorySegment mean = memory.of(kernel.mean());
        MemorySegment rstd = memory.of(kernel.rstd());
        MemorySegment dy = memory.of(kernel.dy());
        MemorySegment dx = memory.of(kernel.dx());
        int rows = kernel.x().shape().rows();
        int columns = kernel.x().shape().columns();
        PartialSums sums = new PartialSums(rows, 2 * columns, scratch);
        Step partial = sums.add((part, at, from, to) -> {
            float[] sumsOfRow = new float[2 * Lanes.COUNT];
            for (int row = from; row < to; row++) {
                rowBackward(
                        x,
                        dy,
                        gamma,
                        dx,
                        (long) row * columns,
                        columns,
                        Lanes.get(mean, row),
                        Lanes.get(rstd, row),
                        kernel.accumulateInput(),
                        part,
                        at,
                        sumsOfRow);
            }
        });
        return Step.sequence(
                partial,
                sums.store(0, columns, memory.of(kernel.dGamma()), kernel.accumulateParameters()),
                sums.store(columns, columns, memory.of(kernel.dBeta()), kernel.accumulateParameters()));
    }

    private static float squares(MemorySegment x, long at, int columns, float mean) {
        int whole = Lanes.whole(columns);
        FloatVector sum = Lanes.zero();
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            FloatVector d = Lanes.load(x, at + j).sub(mean);
            sum = d.fma(d, sum);
        }
        if (whole < columns) {
            VectorMask<Float> rest = Lanes.first(columns - whole);
            FloatVector d = Lanes.load(x, at + whole, rest).sub(mean);
            sum = sum.add(d.mul(d), rest);
        }
        return Lanes.sum(sum);
    }

    private static void normalise(
            MemorySegment x,
            long at,
            int columns,
            float mean,
            float rstd,
            MemorySegment gamma,
            MemorySegment beta,
            MemorySegment y) {
        int whole = Lanes.whole(columns);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            FloatVector n = Lanes.load(x, at + j).sub(mean).mul(rstd);
            Lanes.store(n.fma(Lanes.load(gamma, j), Lanes.load(beta, j)), y, at + j);
        }
        if (whole < columns) {
            VectorMask<Float> rest = Lanes.first(columns - whole);
            FloatVector n = Lanes.load(x, at + whole, rest).sub(mean).mul(rstd);
            Lanes.store(n.fma(Lanes.load(gamma, whole, rest), Lanes.load(beta, whole, rest)), y, at + whole, rest);
        }
    }

    /** One row; {@code part} collects dGamma at {@code partAt} and dBeta behind it, {@code sums} is overwritten. */
    private static void rowBackward(
            MemorySegment x,
            MemorySegment dy,
            MemorySegment gamma,
            MemorySegment dx,
            long at,
            int columns,
            float mean,
            float rstd,
            boolean accumulate,
            float[] part,
            int partAt,
            float[] sums) {
        int whole = Lanes.whole(columns);
        LayerNormLoops.sums(x, dy, gamma, at, whole, mean, rstd, part, partAt, partAt + columns, sums);
        if (whole < columns) {
            lastSums(x, dy, gamma, at, whole, columns, mean, rstd, part, partAt, sums);
        }
        float meanG = Lanes.sum(Lanes.load(sums, 0)) / columns;
        float meanGn = Lanes.sum(Lanes.load(sums, Lanes.COUNT)) / columns;
        if (accumulate) {
            LayerNormLoops.addGradient(x, dy, gamma, dx, at, whole, mean, rstd, meanG, meanGn);
        } else {
            LayerNormLoops.gradient(x, dy, gamma, dx, at, whole, mean, rstd, meanG, meanGn);
        }
        if (whole < columns) {
            lastGradient(x, dy, gamma, dx, at, whole, columns, mean, rstd, meanG, meanGn, accumulate);
        }
    }

    private static void lastSums(
            MemorySegment x,
            MemorySegment dy,
            MemorySegment gamma,
            long at,
            int whole,
            int columns,
            float mean,
            float rstd,
            float[] part,
            int partAt,
            float[] sums) {
        VectorMask<Float> rest = Lanes.first(columns - whole);
        FloatVector n = Lanes.load(x, at + whole, rest).sub(mean).mul(rstd);
        FloatVector d = Lanes.load(dy, at + whole, rest);
        FloatVector g = d.mul(Lanes.load(gamma, whole, rest));
        Lanes.load(sums, 0).add(g).intoArray(sums, 0);
        Lanes.load(sums, Lanes.COUNT).add(g.mul(n)).intoArray(sums, Lanes.COUNT);
        int to = partAt + whole;
        d.fma(n, FloatVector.fromArray(Lanes.SPECIES, part, to, rest)).intoArray(part, to, rest);
        to += columns;
        d.add(FloatVector.fromArray(Lanes.SPECIES, part, to, rest)).intoArray(part, to, rest);
    }

    private static void lastGradient(
            MemorySegment x,
            MemorySegment dy,
            MemorySegment gamma,
            MemorySegment dx,
            long at,
            int whole,
            int columns,
            float mean,
            float rstd,
            float meanG,
            float meanGn,
            boolean accumulate) {
        VectorMask<Float> rest = Lanes.first(columns - whole);
        FloatVector n = Lanes.load(x, at + whole, rest).sub(mean).mul(rstd);
        FloatVector g = Lanes.load(dy, at + whole, rest).mul(Lanes.load(gamma, whole, rest));
        FloatVector v = g.sub(meanG).sub(n.mul(meanGn)).mul(rstd);
        Lanes.store(accumulate ? v.add(Lanes.load(dx, at + whole, rest)) : v, dx, at + whole, rest);
    }
}
