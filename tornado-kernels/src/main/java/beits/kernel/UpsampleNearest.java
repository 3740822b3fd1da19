package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Repeats every pixel.
 *
 * <pre>  y[b,oy,ox,c] = x[b, oy / factor, ox / factor, c]</pre>
 *
 * @param x [batch, height, width, channels]
 * @param y [batch, height·factor, width·factor, channels]
 * @param factor repetitions along each axis
 */
public record UpsampleNearest(Slot x, Slot y, int factor) implements Kernel {
    public UpsampleNearest {
        Kernel.check(x.shape().rank() == 4 && y.size() == x.size() * factor * factor, "UpsampleNearest", x, y);
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
    public UpsampleNearest map(UnaryOperator<Slot> slots) {
        return new UpsampleNearest(slots.apply(x), slots.apply(y), factor);
    }

    @Override
    public long flops() {
        return 0;
    }
}
