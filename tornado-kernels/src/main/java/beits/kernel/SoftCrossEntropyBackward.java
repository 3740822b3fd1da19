package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Gradient of {@link SoftCrossEntropy}.
 *
 * <pre>  dLogits[r,c] = dLoss/rows · (exp(logits[r,c] − lse[r]) · Σ_c targets[r,c] − targets[r,c])</pre>
 *
 * @param logits [rows, columns]
 * @param targets [rows, columns]
 * @param lse [rows, 2], of the forward pass
 * @param dLoss [1]
 * @param dLogits [rows, columns]
 */
public record SoftCrossEntropyBackward(Slot logits, Slot targets, Slot lse, Slot dLoss, Slot dLogits)
        implements Kernel {
    public SoftCrossEntropyBackward {
        Kernel.check(dLogits.size() == logits.size(), "SoftCrossEntropyBackward", logits, targets, lse, dLoss, dLogits);
    }

    @Override
    public List<Slot> reads() {
        return List.of(logits, targets, lse, dLoss);
    }

    @Override
    public List<Slot> writes() {
        return List.of(dLogits);
    }

    @Override
    public SoftCrossEntropyBackward map(UnaryOperator<Slot> slots) {
        return new SoftCrossEntropyBackward(
                slots.apply(logits), slots.apply(targets), slots.apply(lse), slots.apply(dLoss), slots.apply(dLogits));
    }

    @Override
    public long flops() {
        return 5 * logits.size();
    }
}
