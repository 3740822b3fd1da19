package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Mean distance of two tensors.
 *
 * <pre>  loss = 1/size · Σ_i f(x[i] − target[i])</pre>
 *
 * @param distance f
 * @param x any shape
 * @param target same size
 * @param loss [1]
 */
public record RegressionLoss(Distance distance, Slot x, Slot target, Slot loss) implements Kernel {
    public RegressionLoss {
        Kernel.check(target.size() == x.size(), "RegressionLoss", x, target, loss);
    }

    @Override
    public List<Slot> reads() {
        return List.of(x, target);
    }

    @Override
    public List<Slot> writes() {
        return List.of(loss);
    }

    @Override
    public RegressionLoss map(UnaryOperator<Slot> slots) {
        return new RegressionLoss(distance, slots.apply(x), slots.apply(target), slots.apply(loss));
    }

    @Override
    public long flops() {
        return 3 * x.size();
    }
}
