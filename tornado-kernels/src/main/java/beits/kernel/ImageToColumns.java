package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Unfolds pictures into the rows of a matrix product, which makes a convolution of it; with stride = kernel it cuts patches.
 *
 * <pre>  columns[(b·outHeight + oy)·outWidth + ox, (c·kernelHeight + ky)·kernelWidth + kx]
 *     = x[b, oy·stride − padding + ky, ox·stride − padding + kx, c]   or 0 outside the picture</pre>
 *
 * The column order is that of PyTorch's convolution weights [out, in, kernelHeight, kernelWidth].
 *
 * @param x [batch, height, width, channels], or [batch, channels, height, width] when {@code channelsFirst}
 * @param columns [batch·outHeight·outWidth, channels·kernelHeight·kernelWidth]
 * @param window sizes of picture and window
 * @param channelsFirst layout of {@code x}
 */
public record ImageToColumns(Slot x, Slot columns, Window window, boolean channelsFirst) implements Kernel {
    public ImageToColumns {
        Kernel.check(
                x.size() == window.imageSize() && columns.size() == window.columnsSize(), "ImageToColumns", x, columns);
    }

    @Override
    public List<Slot> reads() {
        return List.of(x);
    }

    @Override
    public List<Slot> writes() {
        return List.of(columns);
    }

    @Override
    public ImageToColumns map(UnaryOperator<Slot> slots) {
        return new ImageToColumns(slots.apply(x), slots.apply(columns), window, channelsFirst);
    }

    @Override
    public long flops() {
        return 0;
    }
}
