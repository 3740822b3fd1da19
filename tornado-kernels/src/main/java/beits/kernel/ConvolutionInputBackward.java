package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Gradient of {@link Convolution} with respect to its picture, and a transposed convolution: {@code dx = fold(dy·weight)} with the
 * folding of {@link ColumnsToImage}.
 *
 * @param dy [batch·outHeight·outWidth, out]
 * @param weight [out, channels·kernelHeight·kernelWidth]
 * @param dx [batch, height, width, channels], or [batch, channels, height, width] when {@code channelsFirst}
 * @param columns room for the matrix before it is folded
 * @param window sizes of picture and window
 * @param channelsFirst layout of {@code dx}
 */
public record ConvolutionInputBackward(
        Slot dy, Slot weight, Slot dx, Slot columns, Window window, boolean channelsFirst) implements WindowProduct {
    public ConvolutionInputBackward {
        Kernel.check(
                dx.size() == window.imageSize()
                        && weight.shape().columns() == window.columns()
                        && dy.shape().rows() == window.rows()
                        && dy.shape().columns() == weight.shape().rows()
                        && columns.size() == window.columnsSize(),
                "ConvolutionInputBackward",
                dy,
                weight,
                dx,
                columns);
    }

    @Override
    public List<Kernel> parts() {
        return List.of(
                new MatMul(dy, weight, columns, false, false, false, Epilogue.NONE),
                new ColumnsToImage(columns, dx, window, channelsFirst));
    }

    @Override
    public List<Slot> reads() {
        return List.of(dy, weight);
    }

    @Override
    public List<Slot> writes() {
        return List.of(dx, columns);
    }

    @Override
    public ConvolutionInputBackward map(UnaryOperator<Slot> slots) {
        return new ConvolutionInputBackward(
                slots.apply(dy), slots.apply(weight), slots.apply(dx), slots.apply(columns), window, channelsFirst);
    }
}
