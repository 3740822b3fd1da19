package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Gradient of {@link UpsampleNearest}: sums each block of {@code factor}² pixels.
 *
 * @param dy [batch, height·factor, width·factor, channels]
 * @param dx [batch, height, width, channels]
 * @param factor as in the forward pass
 */
public record UpsampleNearestBackward(Slot dy, Slot dx, int factor) implements Kernel {
    public UpsampleNearestBackward {
        Kernel.check(
                dx.shape().rank() == 4 && dy.size() == dx.size() * factor * factor, "UpsampleNearestBackward", dy, dx);
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
    public UpsampleNearestBackward map(UnaryOperator<Slot> slots) {
        return new UpsampleNearestBackward(slots.apply(dy), slots.apply(dx), factor);
    }

    @Override
    public long flops() {
        return dy.size();
    }
}
