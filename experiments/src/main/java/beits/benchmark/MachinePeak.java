package beits.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the host's processors can do at most, measured: the roof that kernels are compared with.
 *
 * @param flops float32 operations a second of fused multiply-adds that wait for nothing
 * @param bytes a second of a triad {@code a = b + s·c} over arrays larger than the caches: two reads and a write an element
 */
public record MachinePeak(double flops, double bytes) {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int CHAINS = 12;
    private static final int STEPS = 4_000_000;
    private static final int TRIAD = 1 << 24;
    private static final int ROUNDS = 7;

    /** Measures so many threads together; the best round counts. */
    public static MachinePeak measure(int threads) throws InterruptedException {
        double flops = 0;
        double bytes = 0;
        float[][][] arrays = new float[threads][3][TRIAD];
        for (int round = 0; round < ROUNDS; round++) {
            flops = Math.max(flops, rate(threads, thread -> () -> 2.0 * STEPS * CHAINS * SPECIES.length() + chains()));
            bytes = Math.max(bytes, rate(threads, thread -> () -> triad(arrays[thread])));
        }
        return new MachinePeak(flops, bytes);
    }

    /** Seconds that so many operations on so many bytes take at least. */
    public double seconds(long operations, long moved) {
        return Math.max(operations / flops, moved / bytes);
    }

    /** Whether the memory is the roof. */
    public boolean memoryBound(long operations, long moved) {
        return moved / bytes > operations / flops;
    }

    /** The work of one thread. */
    @FunctionalInterface
    private interface Work {
        DoubleSupplier of(int thread);
    }

    private static double rate(int threads, Work work) throws InterruptedException {
        double[] done = new double[threads];
        List<Thread> started = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < threads; i++) {
            int thread = i;
            started.add(Thread.ofPlatform()
                    .start(() -> done[thread] = work.of(thread).getAsDouble()));
        }
        double all = 0;
        for (int i = 0; i < threads; i++) {
            started.get(i).join();
            all += done[i];
        }
        return all / ((System.nanoTime() - start) / 1e9);
    }

    /** Twelve sums that do not wait for each other, more than two units of latency four need; the result is 0. */
    private static double chains() {
        FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector a = zero;
        FloatVector b = zero;
        FloatVector c = zero;
        FloatVector d = zero;
        FloatVector e = zero;
        FloatVector f = zero;
        FloatVector g = zero;
        FloatVector h = zero;
        FloatVector i = zero;
        FloatVector j = zero;
        FloatVector k = zero;
        FloatVector l = zero;
        for (int step = 0; step < STEPS; step++) {
            a = a.fma(half, zero);
            b = b.fma(half, zero);
            c = c.fma(half, zero);
            d = d.fma(half, zero);
            e = e.fma(half, zero);
            f = f.fma(half, zero);
            g = g.fma(half, zero);
            h = h.fma(half, zero);
            i = i.fma(half, zero);
            j = j.fma(half, zero);
            k = k.fma(half, zero);
            l = l.fma(half, zero);
        }
        FloatVector sum = a.add(b)
                .add(c)
                .add(d)
                .add(e)
                .add(f)
                .add(g)
                .add(h)
                .add(i)
                .add(j)
                .add(k)
                .add(l);
        return sum.lane(0);
    }

    private static double triad(float[][] arrays) {
        float[] a = arrays[0];
        float[] b = arrays[1];
        float[] c = arrays[2];
        for (int i = 0; i < TRIAD; i++) {
            a[i] = b[i] + 3 * c[i];
        }
        return 3.0 * Float.BYTES * TRIAD;
    }
}
