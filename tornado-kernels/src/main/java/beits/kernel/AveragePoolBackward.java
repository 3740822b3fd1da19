package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Gradient of {@link AveragePool}.
 *
 * @param dy [batch, outHeight, outWidth, channels]
 * @param dx [batch, height, width, channels]
 */
public record AveragePoolBackward(Slot dy, Slot dx) implements Kernel {
    public AveragePoolBackward {
        Kernel.check(dx.shape().rank() == 4 && dy.shape().rank() == 4, "AveragePoolBackward", dy, dx);
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
    public AveragePoolBackward map(UnaryOperator<Slot> slots) {
        return new AveragePoolBackward(slots.apply(dy), slots.apply(dx));
    }

    @Override
    public long flops() {
        return dx.size();
    }
}
