package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Gradient of {@link MaxPool}: each window sends its gradient to the first of its largest values in row-major order.
 *
 * @param x [batch, height, width, channels]
 * @param dy [batch, outHeight, outWidth, channels]
 * @param dx [batch, height, width, channels]
 * @param window sizes, padding 0
 */
public record MaxPoolBackward(Slot x, Slot dy, Slot dx, Window window) implements Kernel {
    public MaxPoolBackward {
        Kernel.check(
                x.size() == window.imageSize() && dx.size() == x.size() && dy.size() == window.pooledSize(),
                "MaxPoolBackward",
                x,
                dy,
                dx);
    }

    @Override
    public List<Slot> reads() {
        return List.of(x, dy);
    }

    @Override
    public List<Slot> writes() {
        return List.of(dx);
    }

    @Override
    public MaxPoolBackward map(UnaryOperator<Slot> slots) {
        return new MaxPoolBackward(slots.apply(x), slots.apply(dy), slots.apply(dx), window);
    }

    @Override
    public long flops() {
        return 2 * dy.size() * window.kernelHeight() * window.kernelWidth();
    }
}
