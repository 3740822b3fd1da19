package beits.device.cpu;

import beits.kernel.Distance;
import beits.kernel.GradientNorm;
import beits.kernel.RegressionLoss;
import beits.kernel.RegressionLossBackward;
import beits.kernel.UniformKl;
import beits.kernel.UniformKlBackward;
import java.lang.foreign.MemorySegment;
import java.util.function.DoubleUnaryOperator;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Sums over all elements of a tensor: blocks of {@value #BLOCK} in float32 lanes, the blocks in double precision and in order.
 */
final class FlatSums {
    private static final int BLOCK = 2048;
    private static final float TINY = 1e-10f;

    private FlatSums() {}

    /** The sum over elements {@code from} to {@code to}. */
    @FunctionalInterface
    private interface BlockSum {
        float of(int from, int to);
    }

    static Step norm(GradientNorm kernel, Memory memory) {
        MemorySegment x = memory.of(kernel.gradients());
        return sum(kernel.gradients().size(), (from, to) -> squares(x, from, to), memory.of(kernel.norm()), Math::sqrt);
    }

    static Step regression(RegressionLoss kernel, Memory memory) {
        MemorySegment x = memory.of(kernel.x());
        MemorySegment target = memory.of(kernel.target());
        long size = kernel.x().size();
        MemorySegment loss = memory.of(kernel.loss());
        return switch (kernel.distance()) {
            case SQUARED -> sum(size, (from, to) -> squaredDistances(x, target, from, to), loss, s -> s / size);
            case SMOOTH_L1 -> sum(size, (from, to) -> smoothDistances(x, target, from, to), loss, s -> s / size);
        };
    }

    static Step regressionBackward(RegressionLossBackward kernel, Memory memory) {
        MemorySegment x = memory.of(kernel.x());
        MemorySegment target = memory.of(kernel.target());
        MemorySegment dLoss = memory.of(kernel.dLoss());
        MemorySegment dx = memory.of(kernel.dx());
        long size = kernel.x().size();
        Distance distance = kernel.distance();
        return Pieces.elements(size, (from, to) -> {
            double factor = (double) Lanes.get(dLoss, 0) / size;
            switch (distance) {
                case SQUARED -> slopes(x, target, dx, Float.POSITIVE_INFINITY, (float) (2 * factor), from, to);
                case SMOOTH_L1 -> slopes(x, target, dx, 1f, (float) factor, from, to);
            }
        });
    }

    static Step uniformKl(UniformKl kernel, Memory memory) {
        MemorySegment q = memory.of(kernel.q());
        float logColumns = (float) StrictMath.log(kernel.q().shape().columns());
        return sum(
                kernel.q().size(), (from, to) -> divergence(q, logColumns, from, to), memory.of(kernel.loss()), s -> s);
    }

    static Step uniformKlBackward(UniformKlBackward kernel, Memory memory) {
        MemorySegment q = memory.of(kernel.q());
        MemorySegment dLoss = memory.of(kernel.dLoss());
        MemorySegment dq = memory.of(kernel.dq());
        float offset = (float) (StrictMath.log(kernel.q().shape().columns()) + 1);
        return Pieces.elements(
                kernel.q().size(), (from, to) -> divergenceSlopes(q, dq, offset, Lanes.get(dLoss, 0), from, to));
    }

    private static Step sum(long size, BlockSum blockSum, MemorySegment out, DoubleUnaryOperator last) {
        int elements = Math.toIntExact(size);
        int pieces = Pieces.ceil(elements, Pieces.ELEMENTS);
        double[] sums = new double[pieces];
        Step partial = Step.of(pieces, (worker, piece) -> {
            int to = (int) Math.min(elements, (piece + 1L) * Pieces.ELEMENTS);
            double sum = 0;
            for (int from = piece * Pieces.ELEMENTS; from < to; from += BLOCK) {
                sum += blockSum.of(from, Math.min(to, from + BLOCK));
            }
            sums[piece] = sum;
        });
        return Step.sequence(partial, Step.of(1, (worker, piece) -> {
            double total = 0;
            for (double sum : sums) {
                total += sum;
            }
            Lanes.set(out, 0, (float) last.applyAsDouble(total));
        }));
    }

    private static float squares(MemorySegment x, int from, int to) {
        FloatVector s0 = Lanes.zero();
        FloatVector s1 = Lanes.zero();
        int i = from;
        for (; i + 2 * Lanes.COUNT <= to; i += 2 * Lanes.COUNT) {
            FloatVector a = Lanes.load(x, i);
            FloatVector b = Lanes.load(x, i + Lanes.COUNT);
            s0 = a.fma(a, s0);
            s1 = b.fma(b, s1);
        }
        for (; i < to; i += Lanes.COUNT) {
            FloatVector a = Lanes.load(x, i, Lanes.first(Math.min(Lanes.COUNT, to - i)));
            s0 = a.fma(a, s0);
        }
        return Lanes.sum(s0.add(s1));
    }

    private static float squaredDistances(MemorySegment x, MemorySegment target, int from, int to) {
        FloatVector sum = Lanes.zero();
        for (int i = from; i < to; i += Lanes.COUNT) {
            VectorMask<Float> present = Lanes.first(Math.min(Lanes.COUNT, to - i));
            FloatVector d = Lanes.load(x, i, present).sub(Lanes.load(target, i, present));
            sum = d.fma(d, sum);
        }
        return Lanes.sum(sum);
    }

    private static float smoothDistances(MemorySegment x, MemorySegment target, int from, int to) {
        FloatVector sum = Lanes.zero();
        for (int i = from; i < to; i += Lanes.COUNT) {
            VectorMask<Float> present = Lanes.first(Math.min(Lanes.COUNT, to - i));
            FloatVector d = Lanes.load(x, i, present)
                    .sub(Lanes.load(target, i, present))
                    .abs();
            FloatVector far = d.sub(0.5f);
            sum = sum.add(far.blend(d.mul(d).mul(0.5f), d.lt(1f)));
        }
        return Lanes.sum(sum);
    }

    /** {@code dx = factor · (x − target)}, the difference limited to ±{@code limit}. */
    private static void slopes(
            MemorySegment x, MemorySegment target, MemorySegment dx, float limit, float factor, int from, int to) {
        for (int i = from; i < to; i += Lanes.COUNT) {
            VectorMask<Float> present = Lanes.first(Math.min(Lanes.COUNT, to - i));
            FloatVector d = Lanes.load(x, i, present).sub(Lanes.load(target, i, present));
            Lanes.store(d.max(-limit).min(limit).mul(factor), dx, i, present);
        }
    }

    private static float divergence(MemorySegment q, float logColumns, int from, int to) {
        FloatVector sum = Lanes.zero();
        for (int i = from; i < to; i += Lanes.COUNT) {
            VectorMask<Float> present = Lanes.first(Math.min(Lanes.COUNT, to - i));
            FloatVector p = Lanes.load(q, i, present).add(TINY);
            sum = sum.lanewise(VectorOperators.ADD, p.mul(VectorMath.log(p).add(logColumns)), present);
        }
        return Lanes.sum(sum);
    }

    private static void divergenceSlopes(
            MemorySegment q, MemorySegment dq, float offset, float factor, int from, int to) {
        for (int i = from; i < to; i += Lanes.COUNT) {
            VectorMask<Float> present = Lanes.first(Math.min(Lanes.COUNT, to - i));
            FloatVector p = Lanes.load(q, i, present).add(TINY);
            Lanes.store(VectorMath.log(p).add(offset).mul(factor), dq, i, present);
        }
    }
}
