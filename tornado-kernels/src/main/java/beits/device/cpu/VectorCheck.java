package beits.device.cpu;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a tile of the micro-kernel until it is fast, and warns when that does not come to pass. When the JVM does not compile
 * vectors to machine instructions every vector is an object and the kernels are orders of magnitude slower, but their results
 * stay right, so nothing else would tell. Runs aside, some time after the device was opened: at first the processors and the
 * compilers have more urgent things to do.
 */
final class VectorCheck implements AutoCloseable {
    /**
     * Sums of a tile: short, because a JVM without the options of {@code beits} compiles a method after 600 calls at the earliest, and
     * until then each one is slow. With 256 an idle device had made 200 calls in 15 seconds and was found slow for no reason.
     */
    private static final int LENGTH = 32;
    /** Tiles timed together: some milliseconds until they are fast. */
    private static final int BURST = 20;

    private static final long DELAY_MILLIS = 3000;
    private static final long PAUSE_MILLIS = 50;
    private static final long PATIENCE_NANOS = 30_000_000_000L;
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
        try {
            Thread.sleep(DELAY_MILLIS);
            long begin = System.nanoTime();
            long start = begin;
            while (start - begin < PATIENCE_NANOS) {
                for (int i = 0; i < BURST; i++) {
                    multiply();
                }
                long end = System.nanoTime();
                if (2L * BURST * tile.length * LENGTH > SLOWEST * (end - start)) {
                    log().debug("device cpu: vectors are compiled, seen after {} ms", (end - begin) / 1_000_000);
                    return;
                }
                Thread.sleep(PAUSE_MILLIS);
                start = System.nanoTime();
            }
        } catch (InterruptedException e) {
            // The device was closed.
            return;
        }
        log().warn(
                        "device cpu: this JVM does not turn vectors into machine instructions (interpreter, debug build or no C2"
                                + " compiler), which makes it 10 to 1000 times slower; run with ./beits on a standard JDK 25");
    }

    /** Asked for when there is something to say: to set up a log takes 0.04 s of a start. */
    private static Logger log() {
        return LoggerFactory.getLogger(VectorCheck.class);
    }

    private void multiply() {
        kernel.multiply(kernel.rows(), kernel.columns(), left, 0, right, 0, LENGTH, tile, 0, kernel.columns());
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
