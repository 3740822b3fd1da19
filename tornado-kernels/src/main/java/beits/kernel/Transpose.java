package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Exchanges the last two axes.
 *
 * <pre>  y[b,c,r] = x[b,r,c]</pre>
 *
 * @param x [batch, rows, columns]
 * @param y [batch, columns, rows]
 */
public record Transpose(Slot x, Slot y) implements Kernel {
    public Transpose {
        Kernel.check(
                x.shape().rank() == 3
                        && y.shape().rank() == 3
                        && y.size() == x.size()
                        && y.shape().extent(2) == x.shape().extent(1),
                "Transpose",
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
    public Transpose map(UnaryOperator<Slot> slots) {
        return new Transpose(slots.apply(x), slots.apply(y));
    }

    @Override
    public long flops() {
        return 0;
    }
}
