package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Gradient of {@link ScaledResidual} for the branch; the gradient of x is {@code dOut} itself.
 *
 * <pre>  dBranch[b,n,c] = keep[b] · gamma[c] · dOut[b,n,c]
 *   dGamma[c] = Σ_b,n keep[b] · branch[b,n,c] · dOut[b,n,c]</pre>
 *
 * @param dOut [batch, tokens, columns]
 * @param branch [batch, tokens, columns]
 * @param gamma LayerScale [columns], or none
 * @param keep drop path factors [batch], or none
 * @param dBranch [batch, tokens, columns]
 * @param dGamma [columns]; present exactly when {@code gamma} is
 * @param accumulateGamma whether to add to {@code dGamma}
 */
public record ScaledResidualBackward(
        Slot dOut,
        Slot branch,
        @Nullable Slot gamma,
        @Nullable Slot keep,
        Slot dBranch,
        @Nullable Slot dGamma,
        boolean accumulateGamma)
        implements Kernel {
    public ScaledResidualBackward {
        Kernel.check(
                dBranch.size() == dOut.size() && dOut.shape().rank() == 3 && (gamma == null) == (dGamma == null),
                "ScaledResidualBackward",
                dOut,
                branch,
                gamma,
                keep,
                dBranch,
                dGamma);
    }

    @Override
    public List<Slot> reads() {
        return Kernel.slots(dOut, branch, gamma, keep, accumulateGamma ? dGamma : null);
    }

    @Override
    public List<Slot> writes() {
        return Kernel.slots(dBranch, dGamma);
    }

    @Override
    public ScaledResidualBackward map(UnaryOperator<Slot> slots) {
        return new ScaledResidualBackward(
                slots.apply(dOut),
                slots.apply(branch),
                Kernel.mapped(gamma, slots),
                Kernel.mapped(keep, slots),
                slots.apply(dBranch),
                Kernel.mapped(dGamma, slots),
                accumulateGamma);
    }

    @Override
    public long flops() {
        return 5 * dOut.size();
    }
}
