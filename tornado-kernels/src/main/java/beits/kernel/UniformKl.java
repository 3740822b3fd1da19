package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Divergence of token distributions from the uniform one, summed over everything (official {@code DiscreteVAE}: its "batchmean"
 * divides by 1).
 *
 * <pre>  loss = Σ_r,c q'·(log q' − log(1/columns)),  q' = q[r,c] + 1e-10</pre>
 *
 * @param q [rows, columns]
 * @param loss [1]
 */
public record UniformKl(Slot q, Slot loss) implements Kernel {
    @Override
    public List<Slot> reads() {
        return List.of(q);
    }

    @Override
    public List<Slot> writes() {
        return List.of(loss);
    }

    @Override
    public UniformKl map(UnaryOperator<Slot> slots) {
        return new UniformKl(slots.apply(q), slots.apply(loss));
    }

    @Override
    public long flops() {
        return 5 * q.size();
    }
}
