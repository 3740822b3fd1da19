package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Gradient of {@link LayerNorm}.
 *
 * <pre>  n[r,c] = (x[r,c] − mean[r]) · rstd[r],  g[r,c] = dy[r,c] · gamma[c]
 *   dx[r,c] = rstd[r] · (g[r,c] − Σ_c g / columns − n[r,c] · Σ_c g·n / columns)
 *   dGamma[c] = Σ_r dy[r,c] · n[r,c],  dBeta[c] = Σ_r dy[r,c]</pre>
 *
 * @param x [rows, columns]
 * @param gamma [columns]
 * @param mean [rows], of the forward pass
 * @param rstd [rows], of the forward pass
 * @param dy [rows, columns]
 * @param dx [rows, columns]
 * @param dGamma [columns]
 * @param dBeta [columns]
 * @param accumulateInput whether to add to {@code dx}
 * @param accumulateParameters whether to add to {@code dGamma} and {@code dBeta}
 */
public record LayerNormBackward(
        Slot x,
        Slot gamma,
        Slot mean,
        Slot rstd,
        Slot dy,
        Slot dx,
        Slot dGamma,
        Slot dBeta,
        boolean accumulateInput,
        boolean accumulateParameters)
        implements Kernel {
    public LayerNormBackward {
        Kernel.check(
                dy.size() == x.size() && dx.size() == x.size(),
                "LayerNormBackward",
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
                x,
                gamma,
                mean,
                rstd,
                dy,
                accumulateInput ? dx : null,
                accumulateParameters ? dGamma : null,
                accumulateParameters ? dBeta : null);
    }

    @Override
    public List<Slot> writes() {
        return List.of(dx, dGamma, dBeta);
    }

    @Override
    public LayerNormBackward map(UnaryOperator<Slot> slots) {
        return new LayerNormBackward(
                slots.apply(x),
                slots.apply(gamma),
                slots.apply(mean),
                slots.apply(rstd),
                slots.apply(dy),
                slots.apply(dx),
                slots.apply(dGamma),
                slots.apply(dBeta),
                accumulateInput,
                accumulateParameters);
    }

    @Override
    public long flops() {
        return 14 * x.size();
    }
}
