package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Batch normalisation with running statistics.
 *
 * <pre>  y[r,c] = (x[r,c] − runningMean[c]) / sqrt(runningVariance[c] + epsilon) · gamma[c] + beta[c]</pre>
 *
 * @param x [rows, columns]
 * @param gamma [columns]
 * @param beta [columns]
 * @param runningMean [columns]
 * @param runningVariance [columns]
 * @param y [rows, columns]
 * @param epsilon added to the variance
 */
public record BatchNormInference(
        Slot x, Slot gamma, Slot beta, Slot runningMean, Slot runningVariance, Slot y, double epsilon)
        implements Kernel {
    public BatchNormInference {
        Kernel.check(
                y.size() == x.size() && gamma.size() == x.shape().columns(),
                "BatchNormInference",
                x,
                gamma,
                beta,
                runningMean,
                runningVariance,
                y);
    }

    @Override
    public List<Slot> reads() {
        return List.of(x, gamma, beta, runningMean, runningVariance);
    }

    @Override
    public List<Slot> writes() {
        return List.of(y);
    }

    @Override
    public BatchNormInference map(UnaryOperator<Slot> slots) {
        return new BatchNormInference(
                slots.apply(x),
                slots.apply(gamma),
                slots.apply(beta),
                slots.apply(runningMean),
                slots.apply(runningVariance),
                slots.apply(y),
                epsilon);
    }

    @Override
    public long flops() {
        return 4 * x.size();
    }
}
