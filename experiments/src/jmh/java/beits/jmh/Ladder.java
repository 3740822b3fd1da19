package beits.jmh;

import beits.tensor.Arena;
import beits.tensor.Shape;
import beits.tensor.Slot;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A kernel from the plainest loop to what the {@code cpu} device does, one parameter {@code rung} a step, on one core. Each fork has
 * one rung only: the compiler optimises for what it has seen.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public abstract class Ladder {
    private Rung chosen = Rung.of(new float[0], () -> {});
    private long end;

    /** The step that was asked for, ready and checked. */
    abstract Rung rung();

    /** Makes it. */
    @Setup
    public void make() {
        chosen = rung();
    }

    /** Times it. */
    @Benchmark
    public void run() {
        chosen.run();
    }

    /** Lets it go. */
    @TearDown
    public void close() {
        chosen.close();
    }

    /** A place in the arena of activations, behind those before. */
    Slot slot(int... extents) {
        Slot slot = new Slot(Arena.ACTIVATIONS, Slot.align(end), Shape.of(extents));
        end = slot.end();
        return slot;
    }
}
