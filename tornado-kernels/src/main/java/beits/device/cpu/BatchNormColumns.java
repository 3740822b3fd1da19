package beits.device.cpu;

import beits.kernel.BatchNorm;
import beits.kernel.BatchNormBackward;
import beits.kernel.BatchNormInference;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Batch normalisation: statistics of columns over all rows. */
final class BatchNormColumns {
    private BatchNormColumns() {}

    static Step forward(BatchNorm kernel, Memory memory, Scratch scratch) {
        MemorySegment x = memory.of(kernel.x());
        MemorySegment y = memory.of(kernel.y());
        MemorySegment gamma = memory.of(kernel.gamma());
        MemorySegment beta = memory.of(kernel.beta());
        MemorySegment mean = memory.of(kernel.mean());
        MemorySegment rstd = memory.of(kernel.rstd());
        MemorySegment runningMean = memory.of(kernel.runningMean());
        MemorySegment runningVariance = memory.of(kernel.runningVariance());
        int rows = kernel.x().shape().rows();
        int columns = kernel.x().shape().columns();
        double momentum = kernel.momentum();
        float[] shift = new float[columns + Lanes.COUNT];
        float[] factor = new float[columns + Lanes.COUNT];
        PartialSums sums = new PartialSums(rows, columns, scratch);
        float[] total = new float[columns];
        return Step.sequence(
                sums.add((part, at, from, to) -> {
                    for (int row = from; row < to; row++) {
                        ColumnSums.addRow(x, (long) row * columns, columns, part, at);
                    }
                }),
                sums.total(total),
                Step.of(1, (worker, piece) -> {
                    for (int c = 0; c < columns; c++) {
                        shift[c] = total[c] / rows;
                    }
                }),
                sums.add((part, at, from, to) -> {
                    for (int row = from; row < to; row++) {
                        addSquares(x, (long) row * columns, columns, shift, part, at);
                    }
                }),
                sums.total(total),
                Step.of(1, (worker, piece) -> {
                    for (int c = 0; c < columns; c++) {
                        double variance = (double) total[c] / rows;
                        double deviation = 1 / Math.sqrt(variance + kernel.epsilon());
                        double unbiased = rows > 1 ? (double) total[c] / (rows - 1) : variance;
                        Lanes.set(mean, c, shift[c]);
                        Lanes.set(rstd, c, (float) deviation);
                        Lanes.set(runningMean, c, blend(Lanes.get(runningMean, c), shift[c], momentum));
                        Lanes.set(runningVariance, c, blend(Lanes.get(runningVariance, c), unbiased, momentum));
                        factor[c] = (float) (deviation * Lanes.get(gamma, c));
                    }
                }),
                apply(x, y, beta, shift, factor, rows, columns));
    }

    private static float blend(float running, double current, double momentum) {
        return (float) ((1 - momentum) * running + momentum * current);
    }

    static Step inference(BatchNormInference kernel, Memory memory) {
        MemorySegment gamma = memory.of(kernel.gamma());
        MemorySegment mean = memory.of(kernel.runningMean());
        MemorySegment variance = memory.of(kernel.runningVariance());
        int columns = kernel.x().shape().columns();
        float[] shift = new float[columns + Lanes.COUNT];
        float[] factor = new float[columns + Lanes.COUNT];
        return Step.sequence(
                Step.of(1, (worker, piece) -> {
                    for (int c = 0; c < columns; c++) {
                        shift[c] = Lanes.get(mean, c);
                        factor[c] =
                                (float) (Lanes.get(gamma, c) / Math.sqrt(Lanes.get(variance, c) + kernel.epsilon()));
                    }
                }),
                apply(
                        memory.of(kernel.x()),
                        memory.of(kernel.y()),
                        memory.of(kernel.beta()),
                        shift,
                        factor,
                        kernel.x().shape().rows(),
                        columns));
    }

    /** {@code y = (x − shift) · factor + beta}. */
    private static Step apply(
            MemorySegment x,
            MemorySegment y,
            MemorySegment beta,
            float[] shift,
            float[] factor,
            int rows,
            int columns) {
        return Pieces.rows(rows, columns, (from, to) -> {
            for (int row = from; row < to; row++) {
                applyRow(x, y, beta, shift, factor, (long) row * columns, columns);
            }
        });
    }

    private static void applyRow(
            MemorySegment x, MemorySegment y, MemorySegment beta, float[] shift, float[] factor, long at, int columns) {
        int whole = Lanes.whole(columns);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            FloatVector d = Lanes.load(x, at + j).sub(Lanes.load(shift, j));
            Lanes.store(d.fma(Lanes.load(factor, j), Lanes.load(beta, j)), y, at + j);
        }
        if (whole < columns) {
            VectorMask<Float> rest = Lanes.first(columns - whole);
            FloatVector d = Lanes.load(x, at + whole, rest).sub(Lanes.load(shift, whole));
            Lanes.store(d.fma(Lanes.load(factor, whole), Lanes.load(beta, whole, rest)), y, at + whole, rest);
        }
    }

    private static void addSquares(MemorySegment x, long from, int columns, float[] shift, float[] part, int at) {
        int whole = Lanes.whole(columns);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            FloatVector d = Lanes.load(x, from + j).sub(Lanes.load(shift, j));
            d.fma(d, Lanes.load(part, at + j)).intoArray(part, at + j);
        }
        if (whole < columns) {
            VectorMask<Float> rest = Lanes.first(columns - whole);
            FloatVector d = Lanes.load(x, from + whole, rest).sub(Lanes.load(shift, whole));
            FloatVector sum = FloatVector.fromArray(Lanes.SPECIES, part, at + whole, rest);
            d.fma(d, sum).intoArray(part, at + whole, rest);
        }
    }

    static Step backward(BatchNormBackward kernel, Memory memory, Scratch scratch) {
        MemorySegment x = memory.of(kernel.x());
        MemorySegment dy = memory.of(kernel.dy());
        MemorySegment dx = memory.of(kernel.dx());
        MemorySegment gamma = memory.of(kernel.gamma());
        MemorySegment mean = memory.of(kernel.mean());
        MemorySegment rstd = memory.of(kernel.rstd());
        MemorySegment dGamma = memory.of(kernel.dGamma());
        MemorySegment dBeta = memory.of(kernel.dBeta());
        int rows = kernel.x().shape().rows();
        int columns = kernel.x().shape().columns();
        PartialSums sums = new PartialSums(rows, 2 * columns, scratch);
        float[] total = new float[2 * columns];
        // Of each column: gamma·rstd, Σ dy / rows, and rstd·Σ dy·n / rows, by which x − mean is multiplied.
        float[] line = new float[3 * columns + Lanes.COUNT];
        return Step.sequence(
                sums.add((part, at, from, to) -> {
                    for (int row = from; row < to; row++) {
                        addGradients(x, dy, mean, rstd, (long) row * columns, columns, part, at);
                    }
                }),
                sums.total(total),
                Step.of(1, (worker, piece) -> {
                    for (int c = 0; c < columns; c++) {
                        boolean add = kernel.accumulateParameters();
                        Lanes.set(dGamma, c, add ? Lanes.get(dGamma, c) + total[c] : total[c]);
                        Lanes.set(dBeta, c, add ? Lanes.get(dBeta, c) + total[columns + c] : total[columns + c]);
                        float deviation = Lanes.get(rstd, c);
                        line[c] = Lanes.get(gamma, c) * deviation;
                        line[columns + c] = total[columns + c] / rows;
                        line[2 * columns + c] = deviation * (total[c] / rows);
                    }
                }),
                Pieces.rows(rows, columns, (from, to) -> {
                    for (int row = from; row < to; row++) {
                        inputGradient(x, dy, dx, mean, line, (long) row * columns, columns);
                    }
                }));
    }

    private static void addGradients(
            MemorySegment x,
            MemorySegment dy,
            MemorySegment mean,
            MemorySegment rstd,
            long from,
            int columns,
            float[] part,
            int at) {
        int whole = Lanes.whole(columns);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            FloatVector n = Lanes.load(x, from + j).sub(Lanes.load(mean, j)).mul(Lanes.load(rstd, j));
            FloatVector d = Lanes.load(dy, from + j);
            int to = at + j;
            d.fma(n, Lanes.load(part, to)).intoArray(part, to);
            to += columns;
            d.add(Lanes.load(part, to)).intoArray(part, to);
        }
        if (whole < columns) {
            VectorMask<Float> rest = Lanes.first(columns - whole);
            FloatVector n = Lanes.load(x, from + whole, rest)
                    .sub(Lanes.load(mean, whole, rest))
                    .mul(Lanes.load(rstd, whole, rest));
            FloatVector d = Lanes.load(dy, from + whole, rest);
            int to = at + whole;
            d.fma(n, FloatVector.fromArray(Lanes.SPECIES, part, to, rest)).intoArray(part, to, rest);
            to += columns;
            d.add(FloatVector.fromArray(Lanes.SPECIES, part, to, rest)).intoArray(part, to, rest);
        }
    }

    private static void inputGradient(
            MemorySegment x,
            MemorySegment dy,
            MemorySegment dx,
            MemorySegment mean,
            float[] line,
            long at,
            int columns) {
        int whole = Lanes.whole(columns);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            FloatVector d = Lanes.load(dy, at + j).sub(Lanes.load(line, columns + j));
            FloatVector n = Lanes.load(x, at + j).sub(Lanes.load(mean, j));
            Lanes.store(d.sub(n.mul(Lanes.load(line, 2 * columns + j))).mul(Lanes.load(line, j)), dx, at + j);
        }
        if (whole < columns) {
            VectorMask<Float> rest = Lanes.first(columns - whole);
            FloatVector d = Lanes.load(dy, at + whole, rest).sub(Lanes.load(line, columns + whole));
            FloatVector n = Lanes.load(x, at + whole, rest).sub(Lanes.load(mean, whole, rest));
            FloatVector g = d.sub(n.mul(Lanes.load(line, 2 * columns + whole))).mul(Lanes.load(line, whole));
            Lanes.store(g, dx, at + whole, rest);
        }
    }
}
