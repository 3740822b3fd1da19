package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Multiplication by one value in memory, such as an inverse temperature; {@code y} may be {@code x}.
 *
 * <pre>  y[i] = factor[0] · x[i]</pre>
 *
 * @param x any shape
 * @param factor [1]
 * @param y same size
 */
public record ScaleBy(Slot x, Slot factor, Slot y) implements Kernel {
    public ScaleBy {
        Kernel.check(y.size() == x.size() && factor.size() == 1, "ScaleBy", x, factor, y);
    }

    @Override
    public List<Slot> reads() {
        return List.of(x, factor);
    }

    @Override
    public List<Slot> writes() {
        return List.of(y);
    }

    @Override
    public ScaleBy map(UnaryOperator<Slot> slots) {
        return new ScaleBy(slots.apply(x), slots.apply(factor), slots.apply(y));
    }

    @Override
    public long flops() {
        return x.size();
    }
}
