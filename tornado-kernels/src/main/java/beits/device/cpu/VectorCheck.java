package beits.device.cpu;

import jdk.incubator.vector.FloatVector;

/**
 * Times a short sum to see whether the JVM compiles vectors to machine instructions. When it does not, every vector is an object
 * and the kernels are orders of magnitude slower while their results stay right, so nothing else would tell.
 */
final class VectorCheck {
    private static final int LENGTH = 4096;
    private static final long LIMIT_NANOS = 300_000_000;
    /** Compiled code takes 0.03 to 0.3 ns an element, boxed vectors 5 to 50. */
    private static final double SLOWEST_NANOS = 1.5;

    private VectorCheck() {}

    /** Whether vectors become fast within a fraction of a second. */
    static boolean compiledToVectors() {
        float[] values = new float[LENGTH];
        float total = 0;
        long limit = System.nanoTime() + LIMIT_NANOS;
        do {
            long start = System.nanoTime();
            total += sum(values);
            if (System.nanoTime() - start < SLOWEST_NANOS * LENGTH) {
                return true;
            }
        } while (System.nanoTime() < limit);
        return Float.isNaN(total);
    }

    private static float sum(float[] values) {
        FloatVector sum = Lanes.ZERO;
        for (int i = 0; i < values.length; i += Lanes.COUNT) {
            sum = Lanes.load(values, i).fma(Lanes.all(2f), sum);
        }
        return Lanes.sum(sum);
    }
}
