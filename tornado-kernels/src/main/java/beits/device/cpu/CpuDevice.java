package beits.device.cpu;

import beits.device.Device;
import beits.device.DeviceDescription;
import beits.device.DeviceException;
import beits.device.Executable;
import beits.program.Program;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The processor with a pool of threads. */
final class CpuDevice implements Device {
    private final WorkerPool pool;
    private final VectorCheck check = new VectorCheck();

    CpuDevice(int threads) {
        loadSegments();
        this.pool = new WorkerPool(threads);
        check.start();
    }

    /**
     * Loads the classes of memory segments over arrays before any kernel is compiled. A kernel meets native segments only, and the
     * compiler counts on the classes that it knows: the first segment over an array, wherever it is made, throws away all compiled
     * kernels. It used to happen twice in a first training step (8.9 instead of 8.2 s of processor time for two tiny steps).
     */
    private static void loadSegments() {
        MemorySegment.ofArray(new byte[0]);
        MemorySegment.ofArray(new int[0]);
        MemorySegment.ofArray(new float[0]);
    }

    /** What a device with so many threads is. */
    static DeviceDescription describe(int threads) {
        return new DeviceDescription(
                "cpu", "%d-bit vectors, %d threads".formatted(Lanes.SPECIES.vectorBitSize(), threads), 0, Float.SIZE);
    }

    @Override
    public DeviceDescription description() {
        return describe(pool.threads());
    }

    @Override
    public Executable compile(List<Program> programs) {
        try {
            return new CpuExecutable(programs, pool);
        } catch (OutOfMemoryError e) {
            long needed = programs.stream().mapToLong(Program::memory).sum();
            throw new DeviceException(
                    "device cpu: %s need %.1f GB and room for %d threads, more than is free (%s); use a smaller batch or fewer threads, or raise -Xmx and close other programs"
                            .formatted(programs, needed / 1e9, pool.threads(), e.getMessage()),
                    e);
        }
    }

    @Override
    public void close() {
        check.close();
        pool.close();
    }
}
