package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Spreads a relative position table over all pairs of tokens (official {@code RelativePositionBias}).
 *
 * <pre>  bias[h,i,j] = table[row(i,j), h]
 *   row(i,j) = (yi − yj + gridHeight − 1)·(2·gridWidth − 1) + (xi − xj + gridWidth − 1)   for patches i, j
 *   row(0,j) = rows − 3,  row(i,0) = rows − 2,  row(0,0) = rows − 1                        with the class token as token 0</pre>
 *
 * @param table [(2·gridHeight − 1)·(2·gridWidth − 1) + 3, heads]
 * @param bias [heads, tokens, tokens] with tokens = gridHeight·gridWidth + 1
 * @param gridHeight patches from top to bottom
 * @param gridWidth patches from left to right
 */
public record RelativePositionBias(Slot table, Slot bias, int gridHeight, int gridWidth) implements Kernel {
    public RelativePositionBias {
        Kernel.check(
                table.shape().rows() == (2 * gridHeight - 1) * (2 * gridWidth - 1) + 3
                        && bias.shape().columns() == gridHeight * gridWidth + 1,
                "RelativePositionBias",
                table,
                bias);
    }

    @Override
    public List<Slot> reads() {
        return List.of(table);
    }

    @Override
    public List<Slot> writes() {
        return List.of(bias);
    }

    @Override
    public RelativePositionBias map(UnaryOperator<Slot> slots) {
        return new RelativePositionBias(slots.apply(table), slots.apply(bias), gridHeight, gridWidth);
    }

    @Override
    public long flops() {
        return 0;
    }
}
