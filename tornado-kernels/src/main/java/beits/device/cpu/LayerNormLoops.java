package beits.device.cpu;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * The loops of the LayerNorm gradient over the whole vectors of a row. Methods of this class are never inlined, for the reason given in
 * {@link AttentionLoops}: compiled together, with what remains of a row, 3200x128 took 125 us, and 500 once
 * rows with a remainder had passed; in a training step it took three times as long as it does now.
 */
final class LayerNormLoops {
    private LayerNormLoops() {}

    /**
     * Adds the row to dGamma and dBeta, and leaves {@code Σ g} and {@code Σ g·n}, lane by lane, in {@code sums}; {@code g = dy·gamma} and n is
     * the normalised row.
     */
    static void sums(
            MemorySegment x,
            MemorySegment dy,
            MemorySegment gamma,
            long at,
            int columns,
            float mean,
            float rstd,
            float[] part,
            int dGamma,
            int dBeta,
            float[] sums) {
        FloatVector sumG = Lanes.zero();
        FloatVector sumGn = Lanes.zero();
        for (int j = 0; j < columns; j += Lanes.COUNT) {
            FloatVector n = Lanes.load(x, at + j).sub(mean).mul(rstd);
            FloatVector d = Lanes.load(dy, at + j);
            FloatVector g = d.mul(Lanes.load(gamma, j));
            sumG = sumG.add(g);
            sumGn = g.fma(n, sumGn);
            d.fma(n, Lanes.load(part, dGamma + j)).intoArray(part, dGamma + j);
            d.add(Lanes.load(part, dBeta + j)).intoArray(part, dBeta + j);
        }
        sumG.intoArray(sums, 0);
        sumGn.intoArray(sums, Lanes.COUNT);
    }

    /** {@code dx = (g − meanG − n·meanGn)·rstd}. */
    static void gradient(
            MemorySegment x,
            MemorySegment dy,
            MemorySegment gamma,
            MemorySegment dx,
            long at,
            int columns,
            float mean,
            float rstd,
            float meanG,
            float meanGn) {
        for (int j = 0; j < columns; j += Lanes.COUNT) {
            FloatVector n = Lanes.load(x, at + j).sub(mean).mul(rstd);
            FloatVector g = Lanes.load(dy, at + j).mul(Lanes.load(gamma, j));
            Lanes.store(g.sub(meanG).sub(n.mul(meanGn)).mul(rstd), dx, at + j);
        }
    }

    /** As {@link #gradient}, added to what is there. */
    static void addGradient(
            MemorySegment x,
            MemorySegment dy,
            MemorySegment gamma,
            MemorySegment dx,
            long at,
            int columns,
            float mean,
            float rstd,
            float meanG,
            float meanGn) {
        for (int j = 0; j < columns; j += Lanes.COUNT) {
            FloatVector n = Lanes.load(x, at + j).sub(mean).mul(rstd);
            FloatVector g = Lanes.load(dy, at + j).mul(Lanes.load(gamma, j));
            FloatVector v = g.sub(meanG).sub(n.mul(meanGn)).mul(rstd);
            Lanes.store(v.add(Lanes.load(dx, at + j)), dx, at + j);
        }
    }
}
