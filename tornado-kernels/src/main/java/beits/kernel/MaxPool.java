package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Largest value of each window without padding.
 *
 * <pre>  y[b,oy,ox,c] = max_ky,kx x[b, oy·stride + ky, ox·stride + kx, c]</pre>
 *
 * @param x [batch, height, width, channels]
 * @param y [batch, outHeight, outWidth, channels]
 * @param window sizes, padding 0
 */
public record MaxPool(Slot x, Slot y, Window window) implements Kernel {
    public MaxPool {
        Kernel.check(
                x.size() == window.imageSize() && window.padding() == 0 && y.size() == window.pooledSize(),
                "MaxPool",
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
    public MaxPool map(UnaryOperator<Slot> slots) {
        return new MaxPool(slots.apply(x), slots.apply(y), window);
    }

    @Override
    public long flops() {
        return y.size() * window.kernelHeight() * window.kernelWidth();
    }
}
