package beits.device;

import beits.kernel.Fill;
import beits.kernel.Kernel;
import beits.program.Program;
import beits.program.Section;
import beits.tensor.Arena;
import beits.tensor.ElementType;
import beits.tensor.Slot;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * One kernel on given data.
 *
 * @param name what is special about it, unique among the cases
 * @param kernel what runs
 * @param floats values of the slots of floats that the kernel reads, each exact in float32
 * @param ints values of the slots of integers that it reads
 * @param compared outputs, or the parts of them, that are defined
 * @param guards memory around the slots that nobody may touch
 */
public record KernelCase(
        String name,
        Kernel kernel,
        Map<Slot, float[]> floats,
        Map<Slot, int[]> ints,
        List<Slot> compared,
        List<Slot> guards) {
    /** What the guards hold before and after. */
    public static final float GUARD = -1234.5f;

    public KernelCase {
        floats = Map.copyOf(floats);
        ints = Map.copyOf(ints);
        compared = List.copyOf(compared);
        guards = List.copyOf(guards);
    }

    /** Values after a run: those of {@code compared}, then whether the guards are untouched. */
    record Outcome(List<double[]> floats, List<int[]> ints, boolean guardsIntact) {}

    /** Runs the kernel on a device. */
    Outcome run(Device device) {
        Program program = program();
        try (Executable executable = device.compile(program, reach())) {
            return run(executable, program);
        }
    }

    /** The kernel alone. */
    Program program() {
        return new Program(name, List.of(new Section("case", List.of(kernel))));
    }

    /** A program that nobody runs: it makes the arenas reach the guards. */
    Program reach() {
        List<Kernel> fills =
                guards.stream().map(guard -> (Kernel) new Fill(guard, GUARD)).toList();
        return new Program(name + " guards", List.of(new Section("guards", fills)));
    }

    /** Runs {@link #program} among others in one set of arenas. Outputs that it must not read hold NaN (integers: −12345) before. */
    Outcome run(Executable executable, Program program) {
        for (Slot output : kernel.writes()) {
            if (output.arena() == Arena.UNFOLDED) {
                continue; // not every device has it
            }
            if (output.arena().type() == ElementType.FLOAT32) {
                float[] unset = new float[(int) output.size()];
                Arrays.fill(unset, Float.NaN);
                executable.write(output, unset);
            } else {
                int[] unset = new int[(int) output.size()];
                Arrays.fill(unset, -12345);
                executable.write(output, unset);
            }
        }
        floats.forEach(executable::write);
        ints.forEach(executable::write);
        for (Slot guard : guards) {
            float[] values = new float[(int) guard.size()];
            Arrays.fill(values, GUARD);
            executable.write(guard, values);
        }
        executable.run(program);
        boolean intact = true;
        for (Slot guard : guards) {
            for (float value : executable.readFloats(guard)) {
                intact &= value == GUARD;
            }
        }
        return new Outcome(
                compared.stream()
                        .map(s -> s.arena().type() == ElementType.FLOAT32 ? executable.readDoubles(s) : new double[0])
                        .toList(),
                compared.stream()
                        .map(s -> s.arena().type() == ElementType.INT32 ? executable.readInts(s) : new int[0])
                        .toList(),
                intact);
    }

    @Override
    public String toString() {
        return kernel.label() + " " + name;
    }
}
