package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Softmax over the last axis.
 *
 * <pre>  y[r,c] = exp(x[r,c] − max_c x) / Σ_c exp(x[r,c] − max_c x)</pre>
 *
 * @param x [rows, columns]
 * @param y [rows, columns]; may be {@code x}
 */
public record Softmax(Slot x, Slot y) implements Kernel {
    public Softmax {
        Kernel.check(y.size() == x.size(), "Softmax", x, y);
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
    public Softmax map(UnaryOperator<Slot> slots) {
        return new Softmax(slots.apply(x), slots.apply(y));
    }

    @Override
    public long flops() {
        return 5 * x.size();
    }
}
