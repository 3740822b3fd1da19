package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Gradient of {@link CrossEntropy}.
 *
 * <pre>  dLogits[r,c] = dLoss/n · (exp(logits[r,c] − lse[r]) − (1 − smoothing)·[c = label[r]] − smoothing/columns)</pre>
 *
 * Zero for rows that weigh nothing.
 *
 * @param logits [rows, columns]
 * @param labels integers [rows]
 * @param count integer [1], or none
 * @param smoothing as in the forward pass
 * @param lse [rows, 2], of the forward pass
 * @param dLoss [1]
 * @param dLogits [rows, columns]; may be {@code logits}
 */
public record CrossEntropyBackward(
        Slot logits, Slot labels, @Nullable Slot count, double smoothing, Slot lse, Slot dLoss, Slot dLogits)
        implements Kernel {
    public CrossEntropyBackward {
        Kernel.check(
                dLogits.size() == logits.size(), "CrossEntropyBackward", logits, labels, count, lse, dLoss, dLogits);
    }

    @Override
    public List<Slot> reads() {
        return Kernel.slots(logits, labels, count, lse, dLoss);
    }

    @Override
    public List<Slot> writes() {
        return List.of(dLogits);
    }

    @Override
    public CrossEntropyBackward map(UnaryOperator<Slot> slots) {
        return new CrossEntropyBackward(
                slots.apply(logits),
                slots.apply(labels),
                Kernel.mapped(count, slots),
                smoothing,
                slots.apply(lse),
                slots.apply(dLoss),
                slots.apply(dLogits));
    }

    @Override
    public long flops() {
        return 4 * logits.size();
    }
}
