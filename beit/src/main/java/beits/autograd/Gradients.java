package beits.autograd;

import beits.kernel.Binary;
import beits.kernel.BinaryOperation;
import beits.kernel.CopyBlocks;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The gradients of one backward pass while it is recorded. A gradient may lie in the memory of another one (the residual stream
 * hands its gradient on unchanged); it is written in place only when nobody else still needs it.
 */
public final class Gradients {
    private final Graph graph;
    private final boolean accumulateParameters;
    private final Map<Tensor, Slot> slots = new IdentityHashMap<>();
    private final Map<Long, Integer> holders = new HashMap<>();
    private final Set<Parameter> touched = new LinkedHashSet<>();

    /**
     * Where a kernel shall put its part of a gradient.
     *
     * @param slot the place
     * @param accumulate whether to add to what is there
     */
    public record Destination(Slot slot, boolean accumulate) {}

    Gradients(Graph graph, boolean accumulateParameters) {
        this.graph = graph;
        this.accumulateParameters = accumulateParameters;
    }

    /** Whether anybody needs the gradient of {@code x}. */
    public boolean wanted(@Nullable Tensor x) {
        return x != null && x.differentiable();
    }

    /** Where a kernel that can add shall put its part of the gradient of {@code x}. */
    public Destination into(Tensor x) {
        Parameter parameter = graph.parameterOf(x);
        if (parameter != null) {
            boolean first = touched.add(parameter);
            return new Destination(parameter.slot().in(Arena.GRADIENTS), accumulateParameters || !first);
        }
        Slot held = slots.get(x);
        if (held == null) {
            Slot fresh = graph.allocate(x.shape());
            hold(x, fresh);
            return new Destination(fresh, false);
        }
        if (holders.getOrDefault(graph.base(held), 0) > 1) {
            Slot own = graph.allocate(x.shape());
            int size = Math.toIntExact(held.size());
            graph.emit(new CopyBlocks(held, 0, size, own, 0, size, 1, size, false));
            release(held);
            hold(x, own);
            return new Destination(own, true);
        }
        return new Destination(held, true);
    }

    /** Where a kernel that cannot add shall put its part; call {@link #pass} with the slot afterwards. */
    public Slot fresh(Tensor x) {
        return graph.allocate(x.shape());
    }

    /** Adds values that lie in a slot to the gradient of {@code x}; the slot may become the gradient itself. */
    public void pass(Tensor x, Slot values) {
        if (!wanted(x)) {
            return;
        }
        if (graph.parameterOf(x) == null && !slots.containsKey(x)) {
            hold(
                    x,
                    values.shape().equals(x.shape())
                            ? values
                            : values.reshape(x.shape().extents()));
            return;
        }
        Destination destination = into(x);
        int size = Math.toIntExact(values.size());
        if (destination.accumulate) {
            graph.emit(new Binary(BinaryOperation.ADD, destination.slot, values, destination.slot));
        } else {
            graph.emit(new CopyBlocks(values, 0, size, destination.slot, 0, size, 1, size, false));
        }
    }

    private void hold(Tensor x, Slot slot) {
        slots.put(x, slot);
        holders.merge(graph.base(slot), 1, Integer::sum);
    }

    private void release(Slot slot) {
        holders.merge(graph.base(slot), -1, Integer::sum);
    }

    /** Takes the finished gradient of {@code x} out, or nothing when none arrived. */
    @Nullable
    Slot take(Tensor x) {
        Slot slot = slots.remove(x);
        if (slot != null) {
            release(slot);
        }
        return slot;
    }

    /** Parameters that a gradient reached. */
    Set<Parameter> touched() {
        return touched;
    }
}
