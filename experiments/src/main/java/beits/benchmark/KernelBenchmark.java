package beits.benchmark;

import beits.device.Device;
import beits.device.Executable;
import beits.program.Program;
import beits.program.Section;
import beits.tensor.Slot;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/** Times one kernel on one device, as a program of its own over random operands in [0, 1). */
public final class KernelBenchmark implements AutoCloseable {
    /** A round is long enough for the clock, and short beside a disturbance. */
    static final double ROUND_SECONDS = 0.04;

    private final Program program;
    private final Executable executable;
    private int runs = 1;

    /** Makes the kernel ready. */
    public KernelBenchmark(Device device, KernelRow row) {
        program = new Program(row.name(), List.of(new Section(row.name(), List.of(row.kernel()))));
        executable = device.compile(program);
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(7);
        for (Slot slot : row.kernel().reads()) {
            float[] values = new float[Math.toIntExact(slot.size())];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextFloat();
            }
            executable.write(slot, values);
        }
    }

    /** Runs for so long and then until the compilers are at rest, see {@link WarmUp}; then settles how many runs make a round. */
    public void warm(double seconds) {
        WarmUp.ofThisProcess().run(seconds, () -> executable.run(program));
        runs = (int) Math.clamp(ROUND_SECONDS / round(), 1, 100_000);
    }

    /** Seconds a run, the mean of one round. */
    public double round() {
        long start = System.nanoTime();
        for (int i = 0; i < runs; i++) {
            executable.run(program);
        }
        return (System.nanoTime() - start) / 1e9 / runs;
    }

    @Override
    public void close() {
        executable.close();
    }
}
