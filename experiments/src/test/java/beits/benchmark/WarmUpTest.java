package beits.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** Runs of a quarter of a second each, on a clock that only they move. */
class WarmUpTest {
    private static int runs(double seconds, IntUnaryOperator compiledMillisAfterRuns) {
        AtomicInteger runs = new AtomicInteger();
        WarmUp warmUp = new WarmUp(
                () -> TimeUnit.MILLISECONDS.toNanos(250L * runs.get()),
                () -> compiledMillisAfterRuns.applyAsInt(runs.get()));
        warmUp.run(seconds, runs::incrementAndGet);
        return runs.get();
    }

    @Test
    void worksForTheAskedTimeWhenTheCompilersRest() {
        assertEquals(12, runs(3, run -> 500));
    }

    @Test
    void worksOnUntilThereIsASecondWithoutCompiling() {
        // The compilers work up to and in the sixth second.
        assertEquals(4 * 7, runs(0.5, run -> 30 * Math.min(run, 21)));
    }

    @Test
    void aTrickleOfCompilingCountsAsRest() {
        assertEquals(4, runs(0.5, run -> 4 * run));
    }

    @Test
    void endsAfterTenSecondsMoreThoughTheCompilersDoNot() {
        assertEquals(4 * 12, runs(2, run -> 100 * run));
    }

    @Test
    void zeroSecondsAreOneRun() {
        assertEquals(1, runs(0, run -> 100 * run));
    }
}
