package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Adaptive average pooling (PyTorch {@code AdaptiveAvgPool2d}): output cell (oy, ox) averages rows
 * {@code floor(oy·height/outHeight)} to {@code ceil((oy+1)·height/outHeight)} and columns likewise.
 *
 * @param x [batch, height, width, channels]
 * @param y [batch, outHeight, outWidth, channels]
 */
public record AveragePool(Slot x, Slot y) implements Kernel {
    public AveragePool {
        Kernel.check(
                x.shape().rank() == 4
                        && y.shape().rank() == 4
                        && x.shape().columns() == y.shape().columns(),
                "AveragePool",
                x,
                y);
    }

    @Override
    public List<Slot> reads() {
        return List.of(x);
    }

    @Override
    public List<Slot> writes() {
        return List.of(y);
    }

    @Override
    public AveragePool map(UnaryOperator<Slot> slots) {
        return new AveragePool(slots.apply(x), slots.apply(y));
    }

    @Override
    public long flops() {
        return x.size();
    }
}
