package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Gradient of {@link RelativePositionBias}: every row of the table collects the pairs that use it.
 *
 * <pre>  dTable[r,h] = Σ over (i,j) with row(i,j) = r of dBias[h,i,j]</pre>
 *
 * @param dBias [heads, tokens, tokens]
 * @param dTable [(2·gridHeight − 1)·(2·gridWidth − 1) + 3, heads]
 * @param gridHeight patches from top to bottom
 * @param gridWidth patches from left to right
 * @param accumulate whether to add to {@code dTable}
 */
public record RelativePositionBiasBackward(Slot dBias, Slot dTable, int gridHeight, int gridWidth, boolean accumulate)
        implements Kernel {
    public RelativePositionBiasBackward {
        Kernel.check(
                dTable.shape().rows() == (2 * gridHeight - 1) * (2 * gridWidth - 1) + 3
                        && dBias.shape().columns() == gridHeight * gridWidth + 1,
                "RelativePositionBiasBackward",
                dBias,
                dTable);
    }

    @Override
    public List<Slot> reads() {
        return Kernel.slots(dBias, accumulate ? dTable : null);
    }

    @Override
    public List<Slot> writes() {
        return List.of(dTable);
    }

    @Override
    public RelativePositionBiasBackward map(UnaryOperator<Slot> slots) {
        return new RelativePositionBiasBackward(
                slots.apply(dBias), slots.apply(dTable), gridHeight, gridWidth, accumulate);
    }

    @Override
    public long flops() {
        return dBias.size();
    }
}
