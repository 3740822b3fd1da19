package beits.jmh;

import beits.device.Device;
import beits.device.DeviceOptions;
import beits.device.Devices;
import beits.device.Executable;
import beits.kernel.Kernel;
import beits.program.Program;
import beits.program.Section;
import beits.tensor.Slot;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/** One step of a ladder: a way to compute a kernel, checked against the reference device before it is timed. */
abstract class Rung implements AutoCloseable {
    /** Computes once. */
    abstract void run();

    /** What the last run computed. */
    abstract float[] result();

    @Override
    public void close() {}

    /** The winner: the kernel as a device runs it, on one thread. */
    static Rung device(String name, Kernel kernel, List<float[]> inputs) {
        return new OnDevice(name, kernel, inputs);
    }

    /** Plain Java over arrays. */
    static Rung of(float[] result, Runnable work) {
        return new Rung() {
            @Override
            void run() {
                work.run();
            }

            @Override
            float[] result() {
                return result;
            }
        };
    }

    /**
     * Runs it once and compares with the reference device.
     *
     * @param tolerance largest difference, by the largest value
     * @throws IllegalStateException when it is wrong
     */
    Rung checked(Kernel kernel, List<float[]> inputs, double tolerance) {
        run();
        float[] found = result();
        try (Rung reference = device("reference", kernel, inputs)) {
            reference.run();
            float[] expected = reference.result();
            double largest = 0;
            double difference = 0;
            for (int i = 0; i < expected.length; i++) {
                largest = Math.max(largest, Math.abs(expected[i]));
                difference = Math.max(difference, Math.abs(expected[i] - found[i]));
            }
            if (!(difference <= tolerance * largest)) {
                throw new IllegalStateException("off by %g where values reach %g".formatted(difference, largest));
            }
        }
        return this;
    }

    /** Values in [-1, 1), the same for the same seed. */
    static float[] random(int size, long seed) {
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = 2 * random.nextFloat() - 1;
        }
        return values;
    }

    private static final class OnDevice extends Rung {
        private final Device device;
        private final Program program;
        private final Executable executable;
        private final Slot written;

        OnDevice(String name, Kernel kernel, List<float[]> inputs) {
            device = Devices.open(name, new DeviceOptions(1, DeviceOptions.KernelForm.AUTOMATIC));
            program = new Program("rung", List.of(new Section("rung", List.of(kernel))));
            executable = device.compile(program);
            written = kernel.writes().getFirst();
            for (int i = 0; i < inputs.size(); i++) {
                executable.write(kernel.reads().get(i), inputs.get(i));
            }
        }

        @Override
        void run() {
            executable.run(program);
        }

        @Override
        float[] result() {
            return executable.readFloats(written);
        }

        @Override
        public void close() {
            executable.close();
            device.close();
        }
    }
}
