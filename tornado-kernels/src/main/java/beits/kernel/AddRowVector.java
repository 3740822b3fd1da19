package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A vector added to every row; {@code y} may be {@code x}.
 *
 * <pre>  y[r,c] = x[r,c] + vector[c]</pre>
 *
 * @param x [rows, columns]
 * @param vector [columns]
 * @param y [rows, columns]
 */
public record AddRowVector(Slot x, Slot vector, Slot y) implements Kernel {
    public AddRowVector {
        Kernel.check(y.size() == x.size() && vector.size() == x.shape().columns(), "AddRowVector", x, vector, y);
    }

    @Override
    public List<Slot> reads() {
        return List.of(x, vector);
    }

    @Override
    public List<Slot> writes() {
        return List.of(y);
    }

    @Override
    public AddRowVector map(UnaryOperator<Slot> slots) {
        return new AddRowVector(slots.apply(x), slots.apply(vector), slots.apply(y));
    }

    @Override
    public long flops() {
        return x.size();
    }
}
