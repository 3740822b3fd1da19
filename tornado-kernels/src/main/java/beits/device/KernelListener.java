package beits.device;

import beits.kernel.Kernel;
import beits.program.Section;

/** Hears what ran and how long it took. */
@FunctionalInterface
public interface KernelListener {
    /**
     * A kernel has run.
     *
     * @param section where it stands
     * @param kernel what it was
     * @param nanoseconds time it took
     */
    void ran(Section section, Kernel kernel, long nanoseconds);
}
