package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One step of AdamW over the flat arenas (Loshchilov and Hutter; PyTorch {@code torch.optim.AdamW}).
 *
 * <pre>  g  = clip · gradient,  clip = min(1, maxNorm / (norm + 1e-6)), or 1 without a norm
 *   p  = p · (1 − lr·scale·weightDecay·[decayed])
 *   m  = beta1·m + (1 − beta1)·g,  v = beta2·v + (1 − beta2)·g²
 *   p  = p − lr·scale · (m / (1 − beta1^t)) / (sqrt(v / (1 − beta2^t)) + epsilon)</pre>
 *
 * Parameters outside the slices are frozen. {@code rates} is written by the host before each step:
 * {@code [lr, weightDecay, 1 − beta1^t, 1 − beta2^t]}.
 *
 * @param parameters the used part of the arena
 * @param gradients the same part of the gradients
 * @param moment1 the same part of the first moments
 * @param moment2 the same part of the second moments
 * @param rates [4]
 * @param norm gradient norm [1] to clip by, or none
 * @param maxNorm largest norm after clipping; unused without a norm
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root
 * @param slices which parameters take part and how
 */
public record AdamW(
        Slot parameters,
        Slot gradients,
        Slot moment1,
        Slot moment2,
        Slot rates,
        @Nullable Slot norm,
        double maxNorm,
        double beta1,
        double beta2,
        double epsilon,
        List<Slice> slices)
        implements Kernel {

    /**
     * Facts about one parameter.
     *
     * @param offset first element, counted from the start of the slots
     * @param length number of elements
     * @param scale factor of the learning rate (layer decay)
     * @param decayed whether weight decay applies
     */
    public record Slice(long offset, long length, double scale, boolean decayed) {}

    public AdamW {
        slices = List.copyOf(slices);
        long size = parameters.size();
        Kernel.check(
                gradients.size() == size
                        && moment1.size() == size
                        && moment2.size() == size
                        && rates.size() == 4
                        && slices.stream().allMatch(s -> s.offset >= 0 && s.offset + s.length <= size),
                "AdamW",
                parameters,
                gradients,
                moment1,
                moment2,
                rates);
    }

    @Override
    public List<Slot> reads() {
        return Kernel.slots(parameters, gradients, moment1, moment2, rates, norm);
    }

    @Override
    public List<Slot> writes() {
        return List.of(parameters, moment1, moment2);
    }

    @Override
    public AdamW map(UnaryOperator<Slot> slots) {
        return new AdamW(
                slots.apply(parameters),
                slots.apply(gradients),
                slots.apply(moment1),
                slots.apply(moment2),
                slots.apply(rates),
                Kernel.mapped(norm, slots),
                maxNorm,
                beta1,
                beta2,
                epsilon,
                slices);
    }

    @Override
    public long flops() {
        return 14 * parameters.size();
    }
}
