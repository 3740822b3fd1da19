package beits.device;

import beits.program.Program;
import beits.tensor.Slot;

/**
 * Programs and the arenas they work on. All arenas start as zeros. Not for concurrent use: one thread writes, runs and reads.
 */
public interface Executable extends AutoCloseable {
    /** Runs one of the compiled programs to its end. */
    void run(Program program);

    /** Runs a program and tells a listener about every kernel. Slower than {@link #run(Program)}. */
    void run(Program program, KernelListener listener);

    /** Puts values into a slot of floats. */
    void write(Slot slot, float[] values);

    /** Puts values into a slot of floats, rounded to the device's precision. */
    void write(Slot slot, double[] values);

    /** Puts values into a slot of integers. */
    void write(Slot slot, int[] values);

    /** The values of a slot of floats, rounded to float32. */
    float[] readFloats(Slot slot);

    /** The values of a slot of floats in the device's precision. */
    double[] readDoubles(Slot slot);

    /** The values of a slot of integers. */
    int[] readInts(Slot slot);

    /** Bytes of memory that the arenas and the device's own scratch take. */
    long memory();

    /**
     * Kernels that were compiled for these programs alone: equal sections share them. 0 on a device that compiles nothing of its own.
     */
    default int compiledKernels() {
        return 0;
    }

    /** Bytes that went to the device and came from it so far; none where device and host share their memory. */
    default Traffic traffic() {
        return Traffic.NONE;
    }

    @Override
    void close();
}
