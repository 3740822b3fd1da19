package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Gradient of {@link GatherRows}: puts rows back and zeroes the others. The first n indices must be distinct.
 *
 * <pre>  dx[index[m], c] = dy[m,c]   for m &lt; n, all other rows 0</pre>
 *
 * @param dy [picks, columns]
 * @param index integers [picks]
 * @param count integer [1], or none
 * @param dx [rows, columns]
 */
public record ScatterRows(Slot dy, Slot index, @Nullable Slot count, Slot dx) implements Kernel {
    public ScatterRows {
        Kernel.check(
                dy.shape().rows() == index.size()
                        && dx.shape().columns() == dy.shape().columns(),
                "ScatterRows",
                dy,
                index,
                count,
                dx);
    }

    @Override
    public List<Slot> reads() {
        return Kernel.slots(dy, index, count);
    }

    @Override
    public List<Slot> writes() {
        return List.of(dx);
    }

    @Override
    public ScatterRows map(UnaryOperator<Slot> slots) {
        return new ScatterRows(slots.apply(dy), slots.apply(index), Kernel.mapped(count, slots), slots.apply(dx));
    }

    @Override
    public long flops() {
        return 0;
    }
}
