package beits.device.cpu;

import jdk.incubator.vector.FloatVector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Times a short sum now and then until it is fast, and warns when that does not come to pass. When the JVM does not compile
 * vectors to machine instructions every vector is an object and the kernels are orders of magnitude slower, but their results
 * stay right, so nothing else would tell. Runs aside because the compiler may be busy with other code for a while.
 */
final class VectorCheck implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VectorCheck.class);
    private static final int LENGTH = 1 << 15;
    private static final int ATTEMPTS = 200;
    private static final long PAUSE_MILLIS = 50;
    /** Measured: 0.07 ns an element compiled to vectors, 400 to 1600 in the interpreter or from the first compiler. */
    private static final double SLOWEST_NANOS = 1.5;

    private final Thread thread =
            Thread.ofPlatform().daemon().name("beits-cpu-check").unstarted(this::check);

    /** Begins to look. */
    void start() {
        thread.start();
    }

    private void check() {
        float[] values = new float[LENGTH];
        float total = 0;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long start = System.nanoTime();
            total += sum(values);
            if (System.nanoTime() - start < SLOWEST_NANOS * LENGTH) {
                LOG.debug("device cpu: vectors are compiled (attempt {}, sum {})", attempt, total);
                return;
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
        LOG.warn(
                "device cpu: this JVM does not turn vectors into machine instructions (interpreter, debug build or no C2"
                        + " compiler), which makes it 10 to 1000 times slower; run with ./beits on a standard JDK 25");
    }

    private static float sum(float[] values) {
        FloatVector sum = Lanes.zero();
        for (int i = 0; i < values.length; i += Lanes.COUNT) {
            sum = Lanes.load(values, i).fma(Lanes.all(2f), sum);
        }
        return Lanes.sum(sum);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
