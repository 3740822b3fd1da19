package beits.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the host's processors can do at most, measured: the roof that kernels are compared with.
 *
 * @param flops float32 operations a second of fused multiply-adds that wait for nothing
 * @param bytes a second of a triad {@code a = b + s·c} over arrays larger than the caches: two reads and a write an element
 * @param roundTrip seconds in which two threads answer each other through a cache line, 0 with one thread: on a virtual machine it
 *     tells whether the processors share a last-level cache at the moment
 */
public record MachinePeak(double flops, double bytes, double roundTrip) {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int CHAINS = 12;
    private static final int STEPS = 4_000_000;
    private static final int TRIAD = 1 << 24;
    private static final int ROUNDS = 7;
    private static final int ANSWERS = 20_000;

    /** Measures so many threads together; the best round counts. */
    public static MachinePeak measure(int threads) throws InterruptedException {
        double flops = 0;
        double bytes = 0;
        float[][][] arrays = new float[threads][3][TRIAD];
        for (int round = 0; round < ROUNDS; round++) {
            flops = Math.max(flops, rate(threads, thread -> () -> 2.0 * STEPS * CHAINS * SPECIES.length() + chains()));
            bytes = Math.max(bytes, rate(threads, thread -> () -> triad(arrays[thread])));
        }
        return new MachinePeak(flops, bytes, threads == 1 ? 0 : measuredRoundTrip());
    }

    /** A line for a reader. */
    public String text() {
        String speed = String.format(
                Locale.ROOT, "at most %.0f GFLOP/s of float32 and %.1f GB/s, measured", flops / 1e9, bytes / 1e9);
        return roundTrip == 0
                ? speed
                : speed
                        + String.format(
                                Locale.ROOT, "; a cache line's way between threads and back %.0f ns", roundTrip * 1e9);
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

    /** The first answers are not counted: in them the loops are compiled. */
    private static double measuredRoundTrip() throws InterruptedException {
        AtomicInteger said = new AtomicInteger();
        Thread other = Thread.ofPlatform().start(() -> answerAll(said, 1, 4 * ANSWERS));
        answerAll(said, 0, 2 * ANSWERS);
        long start = System.nanoTime();
        answerAll(said, 2 * ANSWERS, 4 * ANSWERS);
        double seconds = (System.nanoTime() - start) / 1e9 / ANSWERS;
        other.join();
        return seconds;
    }

    /** In short calls, for their number has the loops compiled: {@code beits} replaces running ones late. */
    private static void answerAll(AtomicInteger said, int from, int to) {
        for (int number = from; number < to; number += 64) {
            answer(said, number, Math.min(to, number + 64));
        }
    }

    /** Waits for each second number from {@code from} on and says the next. */
    private static void answer(AtomicInteger said, int from, int to) {
        for (int number = from; number < to; number += 2) {
            while (said.get() != number) {
                Thread.onSpinWait();
            }
            said.set(number + 1);
        }
    }

    /**
     * Twelve sums that do not wait for each other, more than two units of latency four need; the result is 0. Each is the addend of
     * its multiply-add, as in a product: as a factor it would be copied first, and 256-bit vectors would seem 14 % slower.
     */
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
            a = half.fma(zero, a);
            b = half.fma(zero, b);
            c = half.fma(zero, c);
            d = half.fma(zero, d);
            e = half.fma(zero, e);
            f = half.fma(zero, f);
            g = half.fma(zero, g);
            h = half.fma(zero, h);
            i = half.fma(zero, i);
            j = half.fma(zero, j);
            k = half.fma(zero, k);
            l = half.fma(zero, l);
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
