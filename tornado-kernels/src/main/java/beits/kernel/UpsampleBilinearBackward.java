package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Gradient of {@link UpsampleBilinear}.
 *
 * @param dy [batch, outHeight, outWidth, channels]
 * @param dx [batch, height, width, channels]
 * @param alignCorners as in the forward pass
 */
public record UpsampleBilinearBackward(Slot dy, Slot dx, boolean alignCorners) implements Kernel {
    public UpsampleBilinearBackward {
        Kernel.check(dx.shape().rank() == 4 && dy.shape().rank() == 4, "UpsampleBilinearBackward", dy, dx);
    }

    @Override
    public List<Slot> reads() {
        return List.of(dy);
    }

    @Override
    public List<Slot> writes() {
        return List.of(dx);
    }

    @Override
    public UpsampleBilinearBackward map(UnaryOperator<Slot> slots) {
        return new UpsampleBilinearBackward(slots.apply(dy), slots.apply(dx), alignCorners);
    }

    @Override
    public long flops() {
        return 7 * dy.size();
    }
}
