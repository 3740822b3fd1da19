package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Gradient of {@link BatchNorm}.
 *
 * <pre>  n[r,c] = (x[r,c] − mean[c]) · rstd[c]
 *   dGamma[c] = Σ_r dy[r,c] · n[r,c],  dBeta[c] = Σ_r dy[r,c]
 *   dx[r,c] = gamma[c] · rstd[c] · (dy[r,c] − Σ_r dy / rows − n[r,c] · Σ_r dy·n / rows)</pre>
 *
 * @param x [rows, columns]
 * @param gamma [columns]
 * @param mean [columns], of the forward pass
 * @param rstd [columns], of the forward pass
 * @param dy [rows, columns]
 * @param dx [rows, columns]
 * @param dGamma [columns]
 * @param dBeta [columns]
 * @param accumulateParameters whether to add to {@code dGamma} and {@code dBeta}
 */
public record BatchNormBackward(
        Slot x,
        Slot gamma,
        Slot mean,
        Slot rstd,
        Slot dy,
        Slot dx,
        Slot dGamma,
        Slot dBeta,
        boolean accumulateParameters)
        implements Kernel {
    public BatchNormBackward {
        Kernel.check(
                dy.size() == x.size() && dx.size() == x.size(),
                "BatchNormBackward",
                x,
                gamma,
                mean,
                rstd,
                dy,
                dx,
                dGamma,
                dBeta);
    }

    @Override
    public List<Slot> reads() {
        return Kernel.slots(
                x, gamma, mean, rstd, dy, accumulateParameters ? dGamma : null, accumulateParameters ? dBeta : null);
    }

    @Override
    public List<Slot> writes() {
        return List.of(dx, dGamma, dBeta);
    }

    @Override
    public BatchNormBackward map(UnaryOperator<Slot> slots) {
        return new BatchNormBackward(
                slots.apply(x),
                slots.apply(gamma),
                slots.apply(mean),
                slots.apply(rstd),
                slots.apply(dy),
                slots.apply(dx),
                slots.apply(dGamma),
                slots.apply(dBeta),
                accumulateParameters);
    }

    @Override
    public long flops() {
        return 14 * x.size();
    }
}
