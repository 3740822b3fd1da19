package beits.autograd;

import beits.kernel.Kernel;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;

/**
 * A stretch of a forward pass whose activations are not kept for the backward pass but computed again when it arrives there (Chen
 * et al., "Training deep nets with sublinear memory cost", arXiv:1604.06174). The same kernels run on the same values, so no bit of
 * a gradient changes.
 */
final class Recomputation {
    private final long from;
    private long to;
    private final List<Kernel> forward = new ArrayList<>();

    /** A stretch whose activations lie from this address on. */
    Recomputation(long from) {
        this.from = from;
        this.to = from;
    }

    /** Takes note of a kernel of the stretch. */
    void add(Kernel kernel) {
        forward.add(kernel);
    }

    /** Ends the stretch before this address. */
    void end(long address) {
        to = address;
    }

    /** Addresses that the activations take. */
    long size() {
        return to - from;
    }

    /** The activations of the stretch as they lie {@code distance} further. */
    List<Slot> moved(NavigableMap<Long, Slot> activations, long distance) {
        return activations.subMap(from, to).values().stream()
                .map(slot -> slot.at(slot.offset() + distance))
                .toList();
    }

    /** Where activations lie the second time when they begin at {@code address}. */
    long distance(long address) {
        return address - from;
    }

    /**
     * The backward kernels of the stretch behind those forward kernels that they need, all with the activations moved.
     *
     * @param backward kernels that read the activations at their first place
     * @param activations all of the recording by address
     */
    List<Kernel> again(List<Kernel> backward, NavigableMap<Long, Slot> activations, long distance) {
        Set<Long> needed = new HashSet<>();
        for (Kernel kernel : backward) {
            need(kernel.reads(), activations, needed);
        }
        List<Kernel> kernels = new ArrayList<>();
        for (Kernel kernel : forward.reversed()) {
            Set<Long> written = new HashSet<>();
            need(kernel.writes(), activations, written);
            if (written.stream().anyMatch(needed::contains)) {
                if (kernel.writes().stream().anyMatch(slot -> !within(slot))) {
                    throw new IllegalStateException(
                            kernel.label() + " changes more than activations: it cannot run twice");
                }
                need(kernel.reads(), activations, needed);
                kernels.addFirst(kernel);
            }
        }
        kernels.addAll(backward);
        return kernels.stream()
                .map(kernel -> kernel.map(slot -> within(slot) ? slot.at(slot.offset() + distance) : slot))
                .toList();
    }

    private void need(Collection<Slot> slots, NavigableMap<Long, Slot> activations, Set<Long> addresses) {
        for (Slot slot : slots) {
            if (within(slot)) {
                addresses.add(activations.floorKey(slot.offset()));
            }
        }
    }

    private boolean within(Slot slot) {
        return slot.arena() == Arena.ACTIVATIONS && from <= slot.offset() && slot.offset() < to;
    }
}
