package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Picks rows.
 *
 * <pre>  out[m,c] = x[index[m], c]   for m &lt; n, 0 from there on</pre>
 *
 * n is {@code count[0]} when there is one, else the number of indices.
 *
 * @param x [rows, columns]
 * @param index integers [picks], each in [0, rows)
 * @param count integer [1], or none
 * @param out [picks, columns]
 */
public record GatherRows(Slot x, Slot index, @Nullable Slot count, Slot out) implements Kernel {
    public GatherRows {
        Kernel.check(
                out.shape().rows() == index.size()
                        && out.shape().columns() == x.shape().columns(),
                "GatherRows",
                x,
                index,
                count,
                out);
    }

    @Override
    public List<Slot> reads() {
        return Kernel.slots(x, index, count);
    }

    @Override
    public List<Slot> writes() {
        return List.of(out);
    }

    @Override
    public GatherRows map(UnaryOperator<Slot> slots) {
        return new GatherRows(slots.apply(x), slots.apply(index), Kernel.mapped(count, slots), slots.apply(out));
    }

    @Override
    public long flops() {
        return 0;
    }
}
