package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Folds rows back and adds what overlaps: the gradient of {@link ImageToColumns} and the second half of a transposed convolution.
 *
 * <pre>  x[b,y,x,c] = Σ over the windows and places (ky,kx) that read pixel (y,x) of columns[…]</pre>
 *
 * @param columns [batch·outHeight·outWidth, channels·kernelHeight·kernelWidth]
 * @param x [batch, height, width, channels], or [batch, channels, height, width] when {@code channelsFirst}
 * @param window sizes of picture and window
 * @param channelsFirst layout of {@code x}
 */
public record ColumnsToImage(Slot columns, Slot x, Window window, boolean channelsFirst) implements Kernel {
    public ColumnsToImage {
        Kernel.check(
                x.size() == window.imageSize() && columns.size() == window.columnsSize(), "ColumnsToImage", columns, x);
    }

    @Override
    public List<Slot> reads() {
        return List.of(columns);
    }

    @Override
    public List<Slot> writes() {
        return List.of(x);
    }

    @Override
    public ColumnsToImage map(UnaryOperator<Slot> slots) {
        return new ColumnsToImage(slots.apply(columns), slots.apply(x), window, channelsFirst);
    }

    @Override
    public long flops() {
        return columns.size();
    }
}
