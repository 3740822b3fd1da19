package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Batch normalisation in training mode over rows (pixels of all pictures), as PyTorch's: the biased variance normalises, the
 * unbiased one (n/(n−1), or the biased one for a single row) enters the running statistics.
 *
 * <pre>  y[r,c] = (x[r,c] − mean[c]) · rstd[c] · gamma[c] + beta[c],  rstd[c] = 1 / sqrt(var[c] + epsilon)
 *   running = (1 − momentum) · running + momentum · batch statistic</pre>
 *
 * @param x [rows, columns]
 * @param gamma [columns]
 * @param beta [columns]
 * @param y [rows, columns]
 * @param mean [columns], kept for the backward pass
 * @param rstd [columns], kept for the backward pass
 * @param runningMean [columns], updated
 * @param runningVariance [columns], updated
 * @param momentum weight of the batch in the running statistics, 0.1 in PyTorch
 * @param epsilon added to the variance
 */
public record BatchNorm(
        Slot x,
        Slot gamma,
        Slot beta,
        Slot y,
        Slot mean,
        Slot rstd,
        Slot runningMean,
        Slot runningVariance,
        double momentum,
        double epsilon)
        implements Kernel {
    public BatchNorm {
        Kernel.check(
                y.size() == x.size() && gamma.size() == x.shape().columns(),
                "BatchNorm",
                x,
                gamma,
                beta,
                y,
                mean,
                rstd,
                runningMean,
                runningVariance);
    }

    @Override
    public List<Slot> reads() {
        return List.of(x, gamma, beta, runningMean, runningVariance);
    }

    @Override
    public List<Slot> writes() {
        return List.of(y, mean, rstd, runningMean, runningVariance);
    }

    @Override
    public BatchNorm map(UnaryOperator<Slot> slots) {
        return new BatchNorm(
                slots.apply(x),
                slots.apply(gamma),
                slots.apply(beta),
                slots.apply(y),
                slots.apply(mean),
                slots.apply(rstd),
                slots.apply(runningMean),
                slots.apply(runningVariance),
                momentum,
                epsilon);
    }

    @Override
    public long flops() {
        return 8 * x.size();
    }
}
