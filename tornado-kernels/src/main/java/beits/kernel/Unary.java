package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A function of every element; {@code y} may be {@code x}.
 *
 * <pre>  y[i] = f(x[i])</pre>
 *
 * @param function f
 * @param x any shape
 * @param y same size
 */
public record Unary(UnaryFunction function, Slot x, Slot y) implements Kernel {
    public Unary {
        Kernel.check(y.size() == x.size(), "Unary", x, y);
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
    public Unary map(UnaryOperator<Slot> slots) {
        return new Unary(function, slots.apply(x), slots.apply(y));
    }

    @Override
    public long flops() {
        return function.flops() * x.size();
    }

    @Override
    public String label() {
        return function.label();
    }
}
