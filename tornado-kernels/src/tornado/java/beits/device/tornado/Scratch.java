package beits.device.tornado;

import beits.tensor.Slot;

/** Hands out the scratch of one kernel. Kernels run one after another, so each may use it from the start. */
final class Scratch {
    private long end;

    /** Room for {@code elements} that nothing else of this kernel uses. */
    Operand take(long elements) {
        long first = end;
        end = Slot.align(end + elements);
        return Operand.scratch(first);
    }

    /** Elements handed out. */
    long size() {
        return end;
    }
}
