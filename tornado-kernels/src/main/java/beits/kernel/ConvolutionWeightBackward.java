package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Gradient of {@link Convolution} with respect to its weight: {@code dWeight = dyᵀ·unfold(x)}.
 *
 * @param x [batch, height, width, channels], or [batch, channels, height, width] when {@code channelsFirst}
 * @param dy [batch·outHeight·outWidth, out]
 * @param dWeight [out, channels·kernelHeight·kernelWidth]
 * @param columns room for the unfolded matrix
 * @param window sizes of picture and window
 * @param channelsFirst layout of {@code x}
 * @param accumulate whether to add to {@code dWeight}
 */
public record ConvolutionWeightBackward(
        Slot x, Slot dy, Slot dWeight, Slot columns, Window window, boolean channelsFirst, boolean accumulate)
        implements WindowProduct {
    public ConvolutionWeightBackward {
        Kernel.check(
                x.size() == window.imageSize()
                        && dWeight.shape().columns() == window.columns()
                        && dy.shape().rows() == window.rows()
                        && dy.shape().columns() == dWeight.shape().rows()
                        && columns.size() == window.columnsSize(),
                "ConvolutionWeightBackward",
                x,
                dy,
                dWeight,
                columns);
    }

    @Override
    public List<Kernel> parts() {
        return List.of(
                new ImageToColumns(x, columns, window, channelsFirst),
                new MatMul(dy, columns, dWeight, true, false, accumulate, Epilogue.NONE));
    }

    @Override
    public List<Slot> reads() {
        return accumulate ? List.of(x, dy, dWeight) : List.of(x, dy);
    }

    @Override
    public List<Slot> writes() {
        return List.of(dWeight, columns);
    }

    @Override
    public ConvolutionWeightBackward map(UnaryOperator<Slot> slots) {
        return new ConvolutionWeightBackward(
                slots.apply(x),
                slots.apply(dy),
                slots.apply(dWeight),
                slots.apply(columns),
                window,
                channelsFirst,
                accumulate);
    }
}
