package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Unit vectors.
 *
 * <pre>  y[r,c] = [c = index[r]]</pre>
 *
 * @param index integers [rows]
 * @param y [rows, columns]
 */
public record OneHot(Slot index, Slot y) implements Kernel {
    public OneHot {
        Kernel.check(index.size() == y.shape().rows(), "OneHot", index, y);
    }

    @Override
    public List<Slot> reads() {
        return List.of(index);
    }

    @Override
    public List<Slot> writes() {
        return List.of(y);
    }

    @Override
    public OneHot map(UnaryOperator<Slot> slots) {
        return new OneHot(slots.apply(index), slots.apply(y));
    }

    @Override
    public long flops() {
        return 0;
    }
}
