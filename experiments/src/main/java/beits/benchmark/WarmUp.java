package beits.benchmark;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Repeats work before the clock starts, until the JVM's compilers have come to rest: they take processors away from what is timed,
 * and what they have not compiled yet is slow. TornadoVM's host code keeps them busy for seconds.
 *
 * @param nanoTime the clock
 * @param compilationMillis how long the compilers have worked since the start of the process
 */
record WarmUp(LongSupplier nanoTime, LongSupplier compilationMillis) {
    private static final double WINDOW_SECONDS = 1;
    /** Compilers never rest altogether; a fiftieth of a processor does not show. */
    private static final long QUIET_MILLIS = 20;

    private static final double LONGEST_SECONDS = 10;

    /** By the clock and the compilers of this process. */
    static WarmUp ofThisProcess() {
        CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
        boolean told = compilers != null && compilers.isCompilationTimeMonitoringSupported();
        return new WarmUp(System::nanoTime, told ? compilers::getTotalCompilationTime : () -> 0);
    }

    /**
     * Works for so many seconds, and then on, ten seconds at most, until there has been a second in which the compilers did next to
     * nothing.
     *
     * @param seconds 0: works once
     */
    void run(double seconds, Runnable work) {
        long start = nanoTime.getAsLong();
        long windowStart = start;
        long compiled = compilationMillis.getAsLong();
        boolean quiet = seconds == 0;
        double elapsed;
        do {
            work.run();
            long now = nanoTime.getAsLong();
            elapsed = seconds(now - start);
            if (seconds(now - windowStart) >= WINDOW_SECONDS) {
                long total = compilationMillis.getAsLong();
                quiet = total - compiled < QUIET_MILLIS * seconds(now - windowStart);
                compiled = total;
                windowStart = now;
            }
        } while (elapsed < seconds || (!quiet && elapsed < seconds + LONGEST_SECONDS));
    }

    private static double seconds(long nanoseconds) {
        return nanoseconds / (double) TimeUnit.SECONDS.toNanos(1);
    }
}
