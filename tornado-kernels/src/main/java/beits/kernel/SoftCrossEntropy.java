package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Mean cross-entropy against distributions (timm {@code SoftTargetCrossEntropy}; mixup and CutMix).
 *
 * <pre>  loss = 1/rows · Σ_r Σ_c targets[r,c] · (lse[r] − logits[r,c])
 *   hits = number of rows whose largest logit (the first of equals) is at the largest target (the first of equals)</pre>
 *
 * @param logits [rows, columns]
 * @param targets [rows, columns]
 * @param lse [rows, 2], the two terms of {@link CrossEntropy}, kept for the backward pass
 * @param loss [1]
 * @param hits [1]
 */
public record SoftCrossEntropy(Slot logits, Slot targets, Slot lse, Slot loss, Slot hits) implements Kernel {
    public SoftCrossEntropy {
        Kernel.check(
                targets.size() == logits.size()
                        && lse.size() == 2L * logits.shape().rows(),
                "SoftCrossEntropy",
                logits,
                targets,
                lse,
                loss,
                hits);
    }

    @Override
    public List<Slot> reads() {
        return List.of(logits, targets);
    }

    @Override
    public List<Slot> writes() {
        return List.of(lse, loss, hits);
    }

    @Override
    public SoftCrossEntropy map(UnaryOperator<Slot> slots) {
        return new SoftCrossEntropy(
                slots.apply(logits), slots.apply(targets), slots.apply(lse), slots.apply(loss), slots.apply(hits));
    }

    @Override
    public long flops() {
        return 7 * logits.size();
    }
}
