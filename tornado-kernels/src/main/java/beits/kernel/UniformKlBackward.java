package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Gradient of {@link UniformKl}.
 *
 * <pre>  dq[r,c] = dLoss · (log q' − log(1/columns) + 1)</pre>
 *
 * @param q [rows, columns]
 * @param dLoss [1]
 * @param dq [rows, columns]
 */
public record UniformKlBackward(Slot q, Slot dLoss, Slot dq) implements Kernel {
    public UniformKlBackward {
        Kernel.check(dq.size() == q.size(), "UniformKlBackward", q, dLoss, dq);
    }

    @Override
    public List<Slot> reads() {
        return List.of(q, dLoss);
    }

    @Override
    public List<Slot> writes() {
        return List.of(dq);
    }

    @Override
    public UniformKlBackward map(UnaryOperator<Slot> slots) {
        return new UniformKlBackward(slots.apply(q), slots.apply(dLoss), slots.apply(dq));
    }

    @Override
    public long flops() {
        return 4 * q.size();
    }
}
