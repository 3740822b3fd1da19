package beits.device.cpu;

import beits.device.Executable;
import beits.device.KernelListener;
import beits.kernel.Kernel;
import beits.program.Program;
import beits.program.Section;
import beits.tensor.ElementType;
import beits.tensor.Slot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Programs bound to arenas: each kernel a step, run one after another. */
final class CpuExecutable implements Executable {
    /** A kernel with the section it stands in. */
    private record Bound(Section section, Kernel kernel, Step step) {}

    private final WorkerPool pool;
    private final Memory memory;
    private final Scratch scratch;
    private final Map<Program, List<Bound>> programs = new IdentityHashMap<>();

    CpuExecutable(List<Program> programs, WorkerPool pool) {
        this.pool = pool;
        this.memory = new Memory(programs);
        this.scratch = new Scratch(pool.threads());
        Steps steps = new Steps(memory, scratch);
        for (Program program : programs) {
            List<Bound> bound = new ArrayList<>();
            for (Section section : program.sections()) {
                for (Kernel kernel : section.kernels()) {
                    bound.add(new Bound(section, kernel, steps.bind(kernel)));
                }
            }
            this.programs.put(program, bound);
        }
        scratch.allocate();
    }

    @Override
    public void run(Program program) {
        List<Bound> bound = bound(program);
        synchronized (pool) {
            for (int i = 0; i < bound.size(); i++) {
                bound.get(i).step.run(pool);
            }
        }
    }

    @Override
    public void run(Program program, KernelListener listener) {
        synchronized (pool) {
            for (Bound bound : bound(program)) {
                long start = System.nanoTime();
                bound.step.run(pool);
                listener.ran(bound.section, bound.kernel, System.nanoTime() - start);
            }
        }
    }

    private List<Bound> bound(Program program) {
        List<Bound> bound = programs.get(program);
        if (bound == null) {
            throw new IllegalArgumentException(program + " was not compiled into this executable");
        }
        return bound;
    }

    @Override
    public void write(Slot slot, float[] values) {
        check(slot, ElementType.FLOAT32, values.length);
        MemorySegment.copy(values, 0, memory.exactly(slot), ValueLayout.JAVA_FLOAT, 0, values.length);
    }

    @Override
    public void write(Slot slot, double[] values) {
        check(slot, ElementType.FLOAT32, values.length);
        MemorySegment target = memory.exactly(slot);
        for (int i = 0; i < values.length; i++) {
            Lanes.set(target, i, (float) values[i]);
        }
    }

    @Override
    public void write(Slot slot, int[] values) {
        check(slot, ElementType.INT32, values.length);
        MemorySegment.copy(values, 0, memory.exactly(slot), ValueLayout.JAVA_INT, 0, values.length);
    }

    @Override
    public float[] readFloats(Slot slot) {
        check(slot, ElementType.FLOAT32, slot.size());
        return memory.exactly(slot).toArray(ValueLayout.JAVA_FLOAT);
    }

    @Override
    public double[] readDoubles(Slot slot) {
        float[] floats = readFloats(slot);
        double[] values = new double[floats.length];
        for (int i = 0; i < floats.length; i++) {
            values[i] = floats[i];
        }
        return values;
    }

    @Override
    public int[] readInts(Slot slot) {
        check(slot, ElementType.INT32, slot.size());
        return memory.exactly(slot).toArray(ValueLayout.JAVA_INT);
    }

    private static void check(Slot slot, ElementType type, long count) {
        if (slot.arena().type() != type || slot.size() != count) {
            throw new IllegalArgumentException("%d values of type %s do not fit %s of type %s"
                    .formatted(count, type, slot, slot.arena().type()));
        }
    }

    @Override
    public long memory() {
        return memory.bytes() + scratch.bytes();
    }

    @Override
    public void close() {
        memory.close();
    }
}
