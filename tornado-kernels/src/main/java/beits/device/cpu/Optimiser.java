package beits.device.cpu;

import beits.kernel.AdamW;
import beits.kernel.MovingAverage;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/** AdamW and the moving average: one pass over the flat arenas, 28 and 12 bytes a parameter. */
final class Optimiser {
    /** A stretch of a parameter that one thread takes. */
    private record Stretch(int from, int to, float scale, boolean decayed) {}

    private Optimiser() {}

    static Step adamW(AdamW kernel, Memory memory) {
        MemorySegment parameters = memory.of(kernel.parameters());
        MemorySegment gradients = memory.of(kernel.gradients());
        MemorySegment moment1 = memory.of(kernel.moment1());
        MemorySegment moment2 = memory.of(kernel.moment2());
        MemorySegment rates = memory.of(kernel.rates());
        MemorySegment norm = memory.ofNullable(kernel.norm());
        List<Stretch> stretches = new ArrayList<>();
        for (AdamW.Slice slice : kernel.slices()) {
            int end = Math.toIntExact(slice.offset() + slice.length());
            for (int from = (int) slice.offset(); from < end; from += Pieces.ELEMENTS) {
                int to = (int) Math.min(end, (long) from + Pieces.ELEMENTS);
                stretches.add(new Stretch(from, to, (float) slice.scale(), slice.decayed()));
            }
        }
        Stretch[] list = stretches.toArray(Stretch[]::new);
        return Step.of(list.length, (worker, piece) -> {
            Stretch stretch = list[piece];
            double rate = (double) Lanes.get(rates, 0) * stretch.scale();
            double decay = stretch.decayed() ? 1 - rate * Lanes.get(rates, 1) : 1;
            update(
                    parameters,
                    gradients,
                    moment1,
                    moment2,
                    stretch.from(),
                    stretch.to(),
                    (float) clip(norm, kernel.maxNorm()),
                    (float) decay,
                    (float) (rate / Lanes.get(rates, 2)),
                    (float) (1 / Math.sqrt(Lanes.get(rates, 3))),
                    (float) kernel.beta1(),
                    (float) (1 - kernel.beta1()),
                    (float) kernel.beta2(),
                    (float) (1 - kernel.beta2()),
                    (float) kernel.epsilon());
        });
    }

    private static double clip(@Nullable MemorySegment norm, double maxNorm) {
        return norm == null ? 1 : Math.min(1, maxNorm / (Lanes.get(norm, 0) + 1e-6));
    }

    private static void update(
            MemorySegment parameters,
            MemorySegment gradients,
            MemorySegment moment1,
            MemorySegment moment2,
            int from,
            int to,
            float clip,
            float decay,
            float step,
            float root,
            float beta1,
            float rest1,
            float beta2,
            float rest2,
            float epsilon) {
        int whole = to - (to - from) % Lanes.COUNT;
        for (int i = from; i < whole; i += Lanes.COUNT) {
            FloatVector g = Lanes.load(gradients, i).mul(clip);
            FloatVector m = Lanes.load(moment1, i).mul(beta1).add(g.mul(rest1));
            FloatVector v = Lanes.load(moment2, i).mul(beta2).add(g.mul(g).mul(rest2));
            FloatVector change = m.mul(step).div(v.sqrt().mul(root).add(epsilon));
            Lanes.store(m, moment1, i);
            Lanes.store(v, moment2, i);
            Lanes.store(Lanes.load(parameters, i).mul(decay).sub(change), parameters, i);
        }
        if (whole < to) {
            VectorMask<Float> rest = Lanes.first(to - whole);
            FloatVector g = Lanes.load(gradients, whole, rest).mul(clip);
            FloatVector m = Lanes.load(moment1, whole, rest).mul(beta1).add(g.mul(rest1));
            FloatVector v =
                    Lanes.load(moment2, whole, rest).mul(beta2).add(g.mul(g).mul(rest2));
            FloatVector change = m.mul(step).div(v.sqrt().mul(root).add(epsilon));
            Lanes.store(m, moment1, whole, rest);
            Lanes.store(v, moment2, whole, rest);
            Lanes.store(Lanes.load(parameters, whole, rest).mul(decay).sub(change), parameters, whole, rest);
        }
    }

    static Step movingAverage(MovingAverage kernel, Memory memory) {
        MemorySegment parameters = memory.of(kernel.parameters());
        MemorySegment average = memory.of(kernel.average());
        float decay = (float) kernel.decay();
        float share = (float) (1 - kernel.decay());
        return Pieces.elements(
                kernel.parameters().size(), (from, to) -> blend(parameters, average, decay, share, from, to));
    }

    private static void blend(
            MemorySegment parameters, MemorySegment average, float decay, float share, int from, int to) {
        int whole = to - (to - from) % Lanes.COUNT;
        for (int i = from; i < whole; i += Lanes.COUNT) {
            FloatVector mean = Lanes.load(average, i).mul(decay);
            Lanes.store(Lanes.load(parameters, i).mul(share).add(mean), average, i);
        }
        if (whole < to) {
            VectorMask<Float> rest = Lanes.first(to - whole);
            FloatVector mean = Lanes.load(average, whole, rest).mul(decay);
            Lanes.store(Lanes.load(parameters, whole, rest).mul(share).add(mean), average, whole, rest);
        }
    }
}
