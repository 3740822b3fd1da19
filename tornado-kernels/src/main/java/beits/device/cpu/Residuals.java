package beits.device.cpu;

import beits.kernel.ScaledResidual;
import beits.kernel.ScaledResidualBackward;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/** LayerScale, drop path and addition in one pass, and their gradient in one more. */
final class Residuals {
    private Residuals() {}

    static Step forward(ScaledResidual kernel, Memory memory) {
        MemorySegment x = memory.of(kernel.x());
        MemorySegment branch = memory.of(kernel.branch());
        MemorySegment gamma = memory.ofNullable(kernel.gamma());
        MemorySegment keep = memory.ofNullable(kernel.keep());
        MemorySegment out = memory.of(kernel.out());
        int tokens = kernel.x().shape().extent(1);
        int columns = kernel.x().shape().columns();
        return Pieces.rows(kernel.x().shape().rows(), columns, (from, to) -> {
            for (int row = from; row < to; row++) {
                joinRow(x, branch, gamma, factor(keep, row / tokens), out, (long) row * columns, columns);
            }
        });
    }

    static Step backward(ScaledResidualBackward kernel, Memory memory, Scratch scratch) {
        MemorySegment dOut = memory.of(kernel.dOut());
        MemorySegment branch = memory.of(kernel.branch());
        MemorySegment gamma = memory.ofNullable(kernel.gamma());
        MemorySegment keep = memory.ofNullable(kernel.keep());
        MemorySegment dBranch = memory.of(kernel.dBranch());
        MemorySegment dGamma = memory.ofNullable(kernel.dGamma());
        int rows = kernel.dOut().shape().rows();
        int tokens = kernel.dOut().shape().extent(1);
        int columns = kernel.dOut().shape().columns();
        if (gamma == null || dGamma == null) {
            return Pieces.rows(rows, columns, (from, to) -> {
                for (int row = from; row < to; row++) {
                    scaleRow(dOut, factor(keep, row / tokens), dBranch, (long) row * columns, columns);
                }
            });
        }
        PartialSums sums = new PartialSums(rows, columns, scratch);
        Step partial = sums.add((part, at, from, to) -> {
            for (int row = from; row < to; row++) {
                float factor = factor(keep, row / tokens);
                gradientRow(dOut, branch, gamma, factor, dBranch, (long) row * columns, columns, part, at);
            }
        });
        return Step.sequence(partial, sums.store(0, columns, dGamma, kernel.accumulateGamma()));
    }

    private static float factor(@Nullable MemorySegment keep, int picture) {
        return keep == null ? 1f : Lanes.get(keep, picture);
    }

    private static void joinRow(
            MemorySegment x,
            MemorySegment branch,
            @Nullable MemorySegment gamma,
            float factor,
            MemorySegment out,
            long at,
            int columns) {
        int whole = Lanes.whole(columns);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            FloatVector v = Lanes.load(branch, at + j).mul(factor);
            FloatVector scaled = gamma == null ? v : v.mul(Lanes.load(gamma, j));
            Lanes.store(Lanes.load(x, at + j).add(scaled), out, at + j);
        }
        if (whole < columns) {
            VectorMask<Float> rest = Lanes.first(columns - whole);
            FloatVector v = Lanes.load(branch, at + whole, rest).mul(factor);
            FloatVector scaled = gamma == null ? v : v.mul(Lanes.load(gamma, whole, rest));
            Lanes.store(Lanes.load(x, at + whole, rest).add(scaled), out, at + whole, rest);
        }
    }

    private static void scaleRow(MemorySegment dOut, float factor, MemorySegment dBranch, long at, int columns) {
        int whole = Lanes.whole(columns);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            Lanes.store(Lanes.load(dOut, at + j).mul(factor), dBranch, at + j);
        }
        if (whole < columns) {
            VectorMask<Float> rest = Lanes.first(columns - whole);
            Lanes.store(Lanes.load(dOut, at + whole, rest).mul(factor), dBranch, at + whole, rest);
        }
    }

    private static void gradientRow(
            MemorySegment dOut,
            MemorySegment branch,
            MemorySegment gamma,
            float factor,
            MemorySegment dBranch,
            long at,
            int columns,
            float[] part,
            int partAt) {
        int whole = Lanes.whole(columns);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            FloatVector d = Lanes.load(dOut, at + j).mul(factor);
            d.fma(Lanes.load(branch, at + j), Lanes.load(part, partAt + j)).intoArray(part, partAt + j);
            Lanes.store(d.mul(Lanes.load(gamma, j)), dBranch, at + j);
        }
        if (whole < columns) {
            VectorMask<Float> rest = Lanes.first(columns - whole);
            FloatVector d = Lanes.load(dOut, at + whole, rest).mul(factor);
            FloatVector sum = FloatVector.fromArray(Lanes.SPECIES, part, partAt + whole, rest);
            d.fma(Lanes.load(branch, at + whole, rest), sum).intoArray(part, partAt + whole, rest);
            Lanes.store(d.mul(Lanes.load(gamma, whole, rest)), dBranch, at + whole, rest);
        }
    }
}
