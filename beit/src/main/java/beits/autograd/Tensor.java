package beits.autograd;

import beits.tensor.Shape;
import beits.tensor.Slot;

/**
 * A value in a recording. It has no numbers yet: it is the place where they will be when the program runs. Identity matters: two
 * tensors are the same only if they are the same object.
 */
public final class Tensor {
    private final Graph graph;
    private final Slot slot;
    private final boolean differentiable;

    Tensor(Graph graph, Slot slot, boolean differentiable) {
        this.graph = graph;
        this.slot = slot;
        this.differentiable = differentiable;
    }

    /** The recording it belongs to. */
    public Graph graph() {
        return graph;
    }

    /** Where it lies in the recording; {@link Graph#locate} tells where in the planned program. */
    public Slot slot() {
        return slot;
    }

    /** Extents. */
    public Shape shape() {
        return slot.shape();
    }

    /** Whether a gradient flows through it. */
    public boolean differentiable() {
        return differentiable;
    }

    /** The same values under another shape of equal size. */
    public Tensor reshape(int... extents) {
        Tensor view = new Tensor(graph, slot.reshape(extents), differentiable);
        int[] original = slot.shape().extents();
        graph.record(view, (gradients, dView) -> gradients.pass(this, dView.reshape(original)));
        return view;
    }

    @Override
    public String toString() {
        return "Tensor" + slot;
    }
}
