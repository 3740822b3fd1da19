package beits.device.tornado;

import beits.device.Device;
import beits.device.DeviceDescription;
import beits.device.Executable;
import beits.device.KernelListener;
import beits.kernel.Kernel;
import beits.program.Program;
import beits.tensor.ElementType;
import beits.tensor.Slot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** The TornadoVM device without TornadoVM: the same tasks over the same memory, the kernel methods run as Java. */
final class JavaDevice implements Device {
    private final Form form;
    private final Set<String> methods = new TreeSet<>();

    JavaDevice(Form form) {
        this.form = form;
    }

    /** Names of the kernel methods that have run. */
    Set<String> methods() {
        return methods;
    }

    @Override
    public DeviceDescription description() {
        return new DeviceDescription("java", "kernel methods as Java", 0, Float.SIZE);
    }

    @Override
    public Executable compile(List<Program> programs) {
        Lowering lowering = new Lowering(form);
        programs.stream().flatMap(program -> program.kernels().stream()).forEach(lowering::tasks);
        return new Run(lowering, new DeviceMemory(DeviceMemory.Sizes.of(programs, lowering.scratch())));
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    private final class Run implements Executable {
        private final Lowering lowering;
        private final DeviceMemory memory;

        Run(Lowering lowering, DeviceMemory memory) {
            this.lowering = lowering;
            this.memory = memory;
        }

        @Override
        public void run(Program program) {
            for (Kernel kernel : program.kernels()) {
                for (KernelTask task : lowering.tasks(kernel)) {
                    IntArray sizes = new IntArray(Arguments.FIRST_SIZE + task.sizes().length);
                    sizes.init(0);
                    for (int i = 0; i < task.sizes().length; i++) {
                        sizes.set(Arguments.FIRST_SIZE + i, task.sizes()[i]);
                    }
                    JavaTasks.run(
                            task,
                            new Arguments(
                                    memory,
                                    task.operands(),
                                    IntArray.fromArray(SectionGraph.places(List.of(task))),
                                    sizes,
                                    FloatArray.fromArray(task.constants()),
                                    new KernelContext()));
                    methods.add(task.method());
                }
            }
        }

        @Override
        public void run(Program program, KernelListener listener) {
            throw new UnsupportedOperationException();
        }

        private MemorySegment segment(Slot slot) {
            return memory.storage(slot.arena())
                    .data()
                    .asSlice(slot.offset() * ElementType.BYTES, slot.size() * ElementType.BYTES);
        }

        @Override
        public void write(Slot slot, float[] values) {
            MemorySegment.copy(values, 0, segment(slot), ValueLayout.JAVA_FLOAT, 0, values.length);
        }

        @Override
        public void write(Slot slot, double[] values) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(Slot slot, int[] values) {
            MemorySegment.copy(values, 0, segment(slot), ValueLayout.JAVA_INT, 0, values.length);
        }

        @Override
        public float[] readFloats(Slot slot) {
            return segment(slot).toArray(ValueLayout.JAVA_FLOAT);
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
            return segment(slot).toArray(ValueLayout.JAVA_INT);
        }

        @Override
        public long memory() {
            return 0;
        }

        @Override
        public void close() {
            memory.close();
        }
    }
}
