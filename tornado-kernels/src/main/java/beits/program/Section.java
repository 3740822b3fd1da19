package beits.program;

import beits.kernel.Kernel;
import java.util.List;

/**
 * A named stretch of a program, such as one block forward. Two sections are of one kind when their kernels differ in offsets
 * only; a device may compile a kind once and run it with moved operands.
 *
 * @param name such as {@code block 3} or {@code block 3 backward}
 * @param kernels in order of execution
 */
public record Section(String name, List<Kernel> kernels) {
    public Section {
        kernels = List.copyOf(kernels);
    }

    /** The kernels with every offset set to 0: equal exactly for sections of one kind. */
    public List<Kernel> kind() {
        return kernels.stream().map(kernel -> kernel.map(slot -> slot.at(0))).toList();
    }
}
