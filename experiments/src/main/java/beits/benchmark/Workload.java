package beits.benchmark;

import beits.device.Executable;
import beits.device.Profile;

/** Work on one batch that can be done again and again, ready on its device. */
public interface Workload extends AutoCloseable {
    /** Does the work once. */
    void run();

    /** Does the work once more, kernel by kernel. */
    Profile profile();

    /** Values of the model. */
    long parameters();

    /** Floating-point operations of the work. */
    long flops();

    /** The compiled work: its memory, what was compiled for it, the bytes that it moves. */
    Executable executable();

    @Override
    void close();

    /** Seconds a run, the mean of several. */
    default double seconds(int runs) {
        long start = System.nanoTime();
        for (int i = 0; i < runs; i++) {
            run();
        }
        return (System.nanoTime() - start) / 1e9 / runs;
    }

    /** Runs for so long and then until the compilers are at rest, see {@link WarmUp}; not at all for 0 seconds. */
    default void warm(double seconds) {
        if (seconds > 0) {
            WarmUp.ofThisProcess().run(seconds, this::run);
        }
    }

    /** How many runs take about so long. */
    default int roundRuns(double seconds) {
        return (int) Math.max(1, Math.round(seconds / seconds(1)));
    }
}
