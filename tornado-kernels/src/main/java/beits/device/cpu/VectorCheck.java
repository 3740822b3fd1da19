package beits.device.cpu;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a tile of the micro-kernel until it is fast, and warns when that does not come to pass. When the JVM does not compile
 * vectors to machine instructions every vector is an object and the kernels are orders of magnitude slower, but their results
 * stay right, so nothing else would tell. Runs aside, from the moment the device is opened: the compiler may be busy for a while,
 * and the most wanted kernel is compiled while the first program is still being recorded.
 */
final class VectorCheck implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VectorCheck.class);
    private static final int LENGTH = 256;
    private static final long PAUSE_MILLIS = 50;
    /** Attempts without a pause, to hurry the compiler up; later ones leave the processor to the programs. */
    private static final int HURRIED_NANOS = 1_000_000_000;

    private static final long PATIENCE_NANOS = 15_000_000_000L;
    /** Operations a nanosecond. Measured: 100 to 250 compiled to vectors, 0.01 to 0.1 otherwise. */
    private static final double SLOWEST = 2;

    private final MicroKernel kernel = MicroKernel.of(Lanes.SPECIES);
    private final float[] left = new float[kernel.rows() * LENGTH];
    private final float[] right = new float[kernel.columns() * LENGTH];
    private final float[] tile = new float[kernel.rows() * kernel.columns()];
    private final Thread thread =
            Thread.ofPlatform().daemon().name("beits-cpu-check").unstarted(this::check);

    /** Begins to look. */
    void start() {
        thread.start();
    }

    private void check() {
        long begin = System.nanoTime();
        long start = begin;
        while (start - begin < PATIENCE_NANOS && !Thread.currentThread().isInterrupted()) {
            multiply();
            long end = System.nanoTime();
            if (2L * tile.length * LENGTH > SLOWEST * (end - start)) {
                LOG.debug("device cpu: vectors are compiled after {} ms", (end - begin) / 1_000_000);
                return;
            }
            if (end - begin > HURRIED_NANOS) {
                try {
                    Thread.sleep(PAUSE_MILLIS);
                } catch (InterruptedException e) {
                    return;
                }
            }
            start = System.nanoTime();
        }
        if (!Thread.currentThread().isInterrupted()) {
            LOG.warn(
                    "device cpu: this JVM does not turn vectors into machine instructions (interpreter, debug build or no C2"
                            + " compiler), which makes it 10 to 1000 times slower; run with ./beits on a standard JDK 25");
        }
    }

    private void multiply() {
        kernel.multiply(kernel.rows(), kernel.columns(), left, 0, right, 0, LENGTH, tile, 0, kernel.columns());
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
