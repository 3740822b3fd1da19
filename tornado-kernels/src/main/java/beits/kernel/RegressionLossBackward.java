package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Gradient of {@link RegressionLoss} for x.
 *
 * <pre>  dx[i] = dLoss/size · f'(x[i] − target[i])</pre>
 *
 * @param distance f
 * @param x any shape
 * @param target same size
 * @param dLoss [1]
 * @param dx same size
 */
public record RegressionLossBackward(Distance distance, Slot x, Slot target, Slot dLoss, Slot dx) implements Kernel {
    public RegressionLossBackward {
        Kernel.check(
                target.size() == x.size() && dx.size() == x.size(), "RegressionLossBackward", x, target, dLoss, dx);
    }

    @Override
    public List<Slot> reads() {
        return List.of(x, target, dLoss);
    }

    @Override
    public List<Slot> writes() {
        return List.of(dx);
    }

    @Override
    public RegressionLossBackward map(UnaryOperator<Slot> slots) {
        return new RegressionLossBackward(
                distance, slots.apply(x), slots.apply(target), slots.apply(dLoss), slots.apply(dx));
    }

    @Override
    public long flops() {
        return 3 * x.size();
    }
}
