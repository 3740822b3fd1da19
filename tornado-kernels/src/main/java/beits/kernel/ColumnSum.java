package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Sum over rows, the gradient of a bias.
 *
 * <pre>  out[c] = Σ_r x[r,c]</pre>
 *
 * @param x values [rows, columns]
 * @param out sums [columns]
 * @param accumulate whether to add to {@code out}
 */
public record ColumnSum(Slot x, Slot out, boolean accumulate) implements Kernel {
    public ColumnSum {
        Kernel.check(out.size() == x.shape().columns(), "ColumnSum", x, out);
    }

    @Override
    public List<Slot> reads() {
        return Kernel.slots(x, accumulate ? out : null);
    }

    @Override
    public List<Slot> writes() {
        return List.of(out);
    }

    @Override
    public ColumnSum map(UnaryOperator<Slot> slots) {
        return new ColumnSum(slots.apply(x), slots.apply(out), accumulate);
    }

    @Override
    public long flops() {
        return x.size();
    }
}
