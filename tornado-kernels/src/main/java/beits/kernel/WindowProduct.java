package beits.kernel;

import beits.tensor.Arena;
import beits.tensor.ElementType;
import beits.tensor.Shape;
import beits.tensor.Slot;
import java.util.List;

/**
 * A convolution or one of its gradients: a product with the unfolded picture. A device may run its {@link #parts} one after
 * another, or multiply without ever writing the unfolded matrix; {@link #columns} is room for that matrix and holds nothing
 * meaningful afterwards.
 */
public sealed interface WindowProduct extends Kernel
        permits Convolution, ConvolutionInputBackward, ConvolutionWeightBackward {
    /** Geometry of the unfolding. */
    Window window();

    /** Room for the unfolded matrix [batch·outHeight·outWidth, channels·kernelHeight·kernelWidth]. */
    Slot columns();

    /** Room for the unfolded matrix that all convolutions share: it is written and read within one of them. */
    static Slot room(Window window) {
        return new Slot(Arena.UNFOLDED, 0, Shape.of(window.rows(), window.columns()));
    }

    /** Whether the picture is stored [batch, channels, height, width]. */
    boolean channelsFirst();

    /** The same computation as an unfolding or folding and a matrix product. */
    List<Kernel> parts();

    @Override
    default long flops() {
        return parts().stream().mapToLong(Kernel::flops).sum();
    }

    /** The room is not counted: nothing has to move through it. */
    @Override
    default long bytes() {
        return Kernel.super.bytes() - columns().size() * ElementType.BYTES;
    }
}
