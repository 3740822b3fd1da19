package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Mean softmax cross-entropy against class numbers with label smoothing (timm {@code LabelSmoothingCrossEntropy}).
 *
 * <pre>  max[r] = max_c logits[r,c],  log[r] = log Σ_c exp(logits[r,c] − max[r]),  lse[r] = max[r] + log[r]
 *   loss = 1/n · Σ_r (1 − smoothing)·(lse[r] − logits[r, label[r]]) + smoothing·(lse[r] − Σ_c logits[r,c] / columns)
 *   hits = number of rows whose largest logit (the first of equals) is at the label</pre>
 *
 * n is {@code count[0]} when there is one, else the number of rows. Rows from n on and rows with a negative label weigh nothing in
 * loss and hits; the latter still count in n (official segmentation loss: ignored pixels stay in the denominator). With n = 0 the
 * loss is 0. {@code lse} is defined for the first n rows; its two terms are kept apart, since their sum in float32 would lose what the
 * gradient of large logits needs.
 *
 * @param logits [rows, columns]
 * @param labels integers [rows]
 * @param count integer [1], rows in use, or none for all
 * @param smoothing share of the target spread over all classes, 0 for none
 * @param lse [rows, 2], max and log, kept for the backward pass
 * @param loss [1]
 * @param hits [1]
 */
public record CrossEntropy(
        Slot logits, Slot labels, @Nullable Slot count, double smoothing, Slot lse, Slot loss, Slot hits)
        implements Kernel {
    public CrossEntropy {
        Kernel.check(
                labels.size() == logits.shape().rows() && lse.size() == 2 * labels.size(),
                "CrossEntropy",
                logits,
                labels,
                count,
                lse,
                loss,
                hits);
    }

    @Override
    public List<Slot> reads() {
        return Kernel.slots(logits, labels, count);
    }

    @Override
    public List<Slot> writes() {
        return List.of(lse, loss, hits);
    }

    @Override
    public CrossEntropy map(UnaryOperator<Slot> slots) {
        return new CrossEntropy(
                slots.apply(logits),
                slots.apply(labels),
                Kernel.mapped(count, slots),
                smoothing,
                slots.apply(lse),
                slots.apply(loss),
                slots.apply(hits));
    }

    @Override
    public long flops() {
        return 5 * logits.size();
    }
}
