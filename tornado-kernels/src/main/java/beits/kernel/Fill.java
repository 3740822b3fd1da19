package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A constant everywhere.
 *
 * <pre>  out[i] = value</pre>
 *
 * @param out any shape
 * @param value the constant
 */
public record Fill(Slot out, double value) implements Kernel {
    @Override
    public List<Slot> reads() {
        return List.of();
    }

    @Override
    public List<Slot> writes() {
        return List.of(out);
    }

    @Override
    public Fill map(UnaryOperator<Slot> slots) {
        return new Fill(slots.apply(out), value);
    }

    @Override
    public long flops() {
        return 0;
    }
}
