package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Layer normalisation over the last axis (epsilon 1e-6 in BEiT).
 *
 * <pre>  mean[r] = Σ_c x[r,c] / columns,  rstd[r] = 1 / sqrt(Σ_c (x[r,c] − mean[r])² / columns + epsilon)
 *   y[r,c] = (x[r,c] − mean[r]) · rstd[r] · gamma[c] + beta[c]</pre>
 *
 * @param x [rows, columns]
 * @param gamma [columns]
 * @param beta [columns]
 * @param y [rows, columns]
 * @param mean [rows], kept for the backward pass
 * @param rstd [rows], kept for the backward pass
 * @param epsilon added to the variance
 */
public record LayerNorm(Slot x, Slot gamma, Slot beta, Slot y, Slot mean, Slot rstd, double epsilon) implements Kernel {
    public LayerNorm {
        Kernel.check(
                y.size() == x.size()
                        && gamma.size() == x.shape().columns()
                        && mean.size() == x.shape().rows(),
                "LayerNorm",
                x,
                gamma,
                beta,
                y,
                mean,
                rstd);
    }

    @Override
    public List<Slot> reads() {
        return List.of(x, gamma, beta);
    }

    @Override
    public List<Slot> writes() {
        return List.of(y, mean, rstd);
    }

    @Override
    public LayerNorm map(UnaryOperator<Slot> slots) {
        return new LayerNorm(
                slots.apply(x),
                slots.apply(gamma),
                slots.apply(beta),
                slots.apply(y),
                slots.apply(mean),
                slots.apply(rstd),
                epsilon);
    }

    @Override
    public long flops() {
        return 8 * x.size();
    }
}
