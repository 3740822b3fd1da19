package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Euclidean norm of all gradients (PyTorch {@code clip_grad_norm_}).
 *
 * <pre>  norm = sqrt(Σ_i gradients[i]²)</pre>
 *
 * @param gradients the used part of the arena; gaps between parameters hold zeros
 * @param norm [1]
 */
public record GradientNorm(Slot gradients, Slot norm) implements Kernel {
    @Override
    public List<Slot> reads() {
        return List.of(gradients);
    }

    @Override
    public List<Slot> writes() {
        return List.of(norm);
    }

    @Override
    public GradientNorm map(UnaryOperator<Slot> slots) {
        return new GradientNorm(slots.apply(gradients), slots.apply(norm));
    }

    @Override
    public long flops() {
        return 2 * gradients.size();
    }
}
