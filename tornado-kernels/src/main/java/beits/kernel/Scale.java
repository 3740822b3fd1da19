package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Multiplication by a constant; {@code y} may be {@code x}.
 *
 * <pre>  y[i] = factor · x[i]</pre>
 *
 * @param x any shape
 * @param y same size
 * @param factor the constant
 */
public record Scale(Slot x, Slot y, double factor) implements Kernel {
    public Scale {
        Kernel.check(y.size() == x.size(), "Scale", x, y);
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
    public Scale map(UnaryOperator<Slot> slots) {
        return new Scale(slots.apply(x), slots.apply(y), factor);
    }

    @Override
    public long flops() {
        return x.size();
    }
}
