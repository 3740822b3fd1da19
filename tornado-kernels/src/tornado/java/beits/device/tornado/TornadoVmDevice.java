package beits.device.tornado;

import beits.device.Device;
import beits.device.DeviceDescription;
import beits.device.DeviceException;
import beits.device.DeviceFailedException;
import beits.device.DeviceOptions.KernelForm;
import beits.device.Executable;
import beits.kernel.Kernel;
import beits.program.Program;
import beits.tensor.ElementType;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;
import uk.ac.manchester.tornado.runtime.common.TornadoOptions;
import uk.ac.manchester.tornado.runtime.graph.TornadoVMBytecodeBuilder;

/** One device of TornadoVM. */
final class TornadoVmDevice implements Device {
    /** Bytecode of a graph of {@link SectionGraph#TASKS} tasks with room to spare; TornadoVM's default holds some forty tasks. */
    private static final int BYTECODE = 1 << 16;

    private static final double GIGABYTE = 1e9;

    private final String name;
    private final TornadoDevice tornado;
    private final Form form;
    private final LaunchCheck launches;
    private final AtomicLong inUse = new AtomicLong();

    private TornadoVmDevice(String name, TornadoDevice tornado, Form form, LaunchCheck launches) {
        this.name = name;
        this.tornado = tornado;
        this.form = form;
        this.launches = launches;
    }

    static TornadoVmDevice open(String name, TornadoDevice tornado, KernelForm form) {
        if (TornadoOptions.RECOVER_BAILOUT) {
            throw new DeviceException(
                    "device " + name
                            + ": TornadoVM would silently run failing kernels as sequential Java; add -Dtornado.recover.bailout=False to java");
        }
        if (TornadoOptions.DEFAULT_OPENCL_COMPILER_FLAGS.contains("relaxed-math")) {
            throw new DeviceException(
                    "device " + name
                            + ": relaxed mathematics folds infinities; add -Dtornado.opencl.compiler.flags=-cl-mad-enable to java");
        }
        if (TornadoVMBytecodeBuilder.MAX_TORNADO_VM_BYTECODE_SIZE < BYTECODE) {
            throw new DeviceException("device " + name + ": TornadoVM's task graphs are limited to "
                    + TornadoVMBytecodeBuilder.MAX_TORNADO_VM_BYTECODE_SIZE
                    + " bytes; add -Dtornado.tvm.maxbytecodesize=1048576 to java");
        }
        boolean cpu = tornado.getDeviceType() == TornadoDeviceType.CPU;
        Form kernels = switch (form) {
            case AUTOMATIC -> cpu ? new VectorForm() : WorkgroupForm.on(name, tornado);
            case VECTOR -> new VectorForm();
            case WORKGROUP -> WorkgroupForm.on(name, tornado);
            case EXAMPLE -> new ExampleForm();
        };
        return new TornadoVmDevice(name, tornado, kernels, SelfTest.run(name, tornado));
    }

    @Override
    public DeviceDescription description() {
        return TornadoVmDevices.describe(name, tornado);
    }

    TornadoDevice tornado() {
        return tornado;
    }

    /** What tells that this device's driver refused a launch. */
    LaunchCheck launches() {
        return launches;
    }

    @Override
    public Executable compile(List<Program> programs) {
        Lowering lowering = new Lowering(form);
        Set<Kernel> seen = new HashSet<>();
        for (Program program : programs) {
            for (Kernel kernel : program.kernels()) {
                if (seen.add(kernel.map(slot -> slot.at(0)))) {
                    lowering.tasks(kernel);
                }
            }
        }
        DeviceMemory.Sizes sizes = DeviceMemory.Sizes.of(programs, lowering.scratch());
        requireRoom(programs, sizes);
        inUse.addAndGet(sizes.bytes());
        try {
            return new TornadoExecutable(programs, this, lowering, sizes);
        } catch (RuntimeException e) {
            inUse.addAndGet(-sizes.bytes());
            throw failure(e);
        }
    }

    /** Refuses before anything is allocated what would fail later without a word of what to do. */
    private void requireRoom(List<Program> programs, DeviceMemory.Sizes sizes) {
        long largest = sizes.largest() * ElementType.BYTES;
        if (largest > tornado.getMaxAllocMemory() || sizes.largest() > Integer.MAX_VALUE - 16) {
            throw new DeviceException(
                    ("device %s: %s needs %.2f GB in one buffer for %s and the device gives at most %.2f GB;"
                                    + " use a smaller batch")
                            .formatted(
                                    name,
                                    programs,
                                    largest / GIGABYTE,
                                    sizes.largestName(),
                                    tornado.getMaxAllocMemory() / GIGABYTE));
        }
        long needed = inUse.get() + sizes.bytes();
        if (needed > TornadoOptions.DEVICE_AVAILABLE_MEMORY) {
            throw new DeviceException(("device %s: %s would bring its memory to %.2f GB and TornadoVM may use %.2f GB;"
                            + " give it more with BEITS_OPTS=-Dtornado.device.memory=%dGB or use a smaller batch")
                    .formatted(
                            name,
                            programs,
                            needed / GIGABYTE,
                            TornadoOptions.DEVICE_AVAILABLE_MEMORY / GIGABYTE,
                            Math.ceilDiv(needed, 1L << 30) + 1));
        }
        if (needed > tornado.getMaxGlobalMemory()) {
            throw new DeviceException(("device %s: %s would bring its memory to %.2f GB and the device has %.2f GB;"
                            + " use a smaller batch")
                    .formatted(name, programs, needed / GIGABYTE, tornado.getMaxGlobalMemory() / GIGABYTE));
        }
    }

    /** An executable gave its memory back. */
    void released(long bytes) {
        inUse.addAndGet(-bytes);
    }

    /** A kernel that the driver did not launch. */
    DeviceException refused(String task) {
        return new DeviceFailedException("device " + name + ": the driver refused to launch kernel " + task
                + " (its error is printed above); update the device's driver or use cpu");
    }

    /** What TornadoVM threw, in one line. */
    DeviceException failure(RuntimeException e) {
        if (e instanceof DeviceException known) {
            return known;
        }
        String reason = reason(e);
        if (e instanceof TornadoOutOfMemoryException) {
            return new DeviceFailedException(
                    "device " + name + ": out of memory (" + reason
                            + "); use a smaller batch or add a larger -Dtornado.device.memory to java",
                    e);
        }
        return new DeviceFailedException(
                "device " + name + ": TornadoVM failed: " + reason
                        + "; update the device's driver or use cpu (java -Dtornado.debug=True tells more)",
                e);
    }

    /** TornadoVM's own words without its colours, stack traces and the remark that it did not go on in Java. */
    private static String reason(RuntimeException e) {
        String words = String.valueOf(e.getMessage())
                .replaceAll("\u001b\\[[0-9;]*m", "")
                .lines()
                .map(String::strip)
                .filter(line ->
                        !line.isEmpty() && !line.startsWith("Bailout is disabled") && !line.startsWith("Stacktrace"))
                .limit(2)
                .collect(Collectors.joining(", "));
        return words.isEmpty() ? e.getClass().getSimpleName() : words;
    }

    @Override
    public void close() {
        // Executables own the device's memory; the device itself holds nothing.
    }
}
