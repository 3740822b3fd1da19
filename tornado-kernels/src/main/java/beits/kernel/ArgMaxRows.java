package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Position of the largest value of each row, the first of equals.
 *
 * <pre>  index[r] = argmax_c x[r,c]</pre>
 *
 * @param x [rows, columns]
 * @param index integers [rows]
 */
public record ArgMaxRows(Slot x, Slot index) implements Kernel {
    public ArgMaxRows {
        Kernel.check(index.size() == x.shape().rows(), "ArgMaxRows", x, index);
    }

    @Override
    public List<Slot> reads() {
        return List.of(x);
    }

    @Override
    public List<Slot> writes() {
        return List.of(index);
    }

    @Override
    public ArgMaxRows map(UnaryOperator<Slot> slots) {
        return new ArgMaxRows(slots.apply(x), slots.apply(index));
    }

    @Override
    public long flops() {
        return x.size();
    }
}
