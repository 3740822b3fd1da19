package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Gradient of {@link Softmax}.
 *
 * <pre>  dx[r,c] = y[r,c] · (dy[r,c] − Σ_c dy[r,c] · y[r,c])</pre>
 *
 * @param y output of the forward pass [rows, columns]
 * @param dy [rows, columns]
 * @param dx [rows, columns]; may be {@code dy}
 */
public record SoftmaxBackward(Slot y, Slot dy, Slot dx) implements Kernel {
    public SoftmaxBackward {
        Kernel.check(dy.size() == y.size() && dx.size() == y.size(), "SoftmaxBackward", y, dy, dx);
    }

    @Override
    public List<Slot> reads() {
        return List.of(y, dy);
    }

    @Override
    public List<Slot> writes() {
        return List.of(dx);
    }

    @Override
    public SoftmaxBackward map(UnaryOperator<Slot> slots) {
        return new SoftmaxBackward(slots.apply(y), slots.apply(dy), slots.apply(dx));
    }

    @Override
    public long flops() {
        return 4 * y.size();
    }
}
