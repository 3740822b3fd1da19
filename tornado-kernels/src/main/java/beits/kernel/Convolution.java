package beits.kernel;

import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Convolution.
 *
 * <pre>  y[r,o] = epilogue( Σ_p unfold(x)[r,p] · weight[o,p] )</pre>
 *
 * with the unfolding of {@link ImageToColumns}.
 *
 * @param x [batch, height, width, channels], or [batch, channels, height, width] when {@code channelsFirst}
 * @param weight [out, channels·kernelHeight·kernelWidth]
 * @param y [batch·outHeight·outWidth, out]
 * @param columns room for the unfolded matrix
 * @param window sizes of picture and window
 * @param channelsFirst layout of {@code x}
 * @param epilogue what happens to each element before it is stored
 */
public record Convolution(
        Slot x, Slot weight, Slot y, Slot columns, Window window, boolean channelsFirst, Epilogue epilogue)
        implements WindowProduct {
    public Convolution {
        Kernel.check(
                x.size() == window.imageSize()
                        && weight.shape().columns() == window.columns()
                        && y.shape().rows() == window.rows()
                        && y.shape().columns() == weight.shape().rows()
                        && columns.size() == window.columnsSize(),
                "Convolution",
                x,
                weight,
                y,
                columns);
    }

    @Override
    public List<Kernel> parts() {
        return List.of(
                new ImageToColumns(x, columns, window, channelsFirst),
                new MatMul(columns, weight, y, false, true, false, epilogue));
    }

    @Override
    public List<Slot> reads() {
        List<Slot> slots = new ArrayList<>(List.of(x, weight));
        slots.addAll(epilogue.reads());
        return List.copyOf(slots);
    }

    @Override
    public List<Slot> writes() {
        List<Slot> slots = new ArrayList<>(List.of(y, columns));
        slots.addAll(epilogue.writes());
        return List.copyOf(slots);
    }

    @Override
    public Convolution map(UnaryOperator<Slot> slots) {
        return new Convolution(
                slots.apply(x),
                slots.apply(weight),
                slots.apply(y),
                slots.apply(columns),
                window,
                channelsFirst,
                epilogue.map(slots));
    }
}
