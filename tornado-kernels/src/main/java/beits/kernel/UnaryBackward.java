package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Gradient of {@link Unary}; {@code dx} may be {@code dy}.
 *
 * <pre>  dx[i] = dy[i] · f'(x[i])</pre>
 *
 * @param function f
 * @param x input of the forward pass
 * @param dy same size
 * @param dx same size
 */
public record UnaryBackward(UnaryFunction function, Slot x, Slot dy, Slot dx) implements Kernel {
    public UnaryBackward {
        Kernel.check(dy.size() == x.size() && dx.size() == x.size(), "UnaryBackward", x, dy, dx);
    }

    @Override
    public List<Slot> reads() {
        return List.of(x, dy);
    }

    @Override
    public List<Slot> writes() {
        return List.of(dx);
    }

    @Override
    public UnaryBackward map(UnaryOperator<Slot> slots) {
        return new UnaryBackward(function, slots.apply(x), slots.apply(dy), slots.apply(dx));
    }

    @Override
    public long flops() {
        return (function.flops() + 2) * x.size();
    }

    @Override
    public String label() {
        return function.label() + "Backward";
    }
}
