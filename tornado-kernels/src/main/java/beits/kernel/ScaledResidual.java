package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A branch joins the residual stream through LayerScale and drop path (official {@code Block}: {@code x + drop_path(gamma * f(norm(x)))}).
 *
 * <pre>  out[b,n,c] = x[b,n,c] + keep[b] · gamma[c] · branch[b,n,c]</pre>
 *
 * {@code keep[b]} is {@code floor(1 − rate + u) / (1 − rate)} with u uniform in [0, 1), drawn by the host.
 *
 * @param x [batch, tokens, columns]
 * @param branch [batch, tokens, columns]
 * @param gamma LayerScale [columns], or none
 * @param keep drop path factors [batch], or none
 * @param out [batch, tokens, columns]; may be {@code x}
 */
public record ScaledResidual(
        Slot x, Slot branch, @Nullable Slot gamma, @Nullable Slot keep, Slot out) implements Kernel {
    public ScaledResidual {
        Kernel.check(
                x.size() == branch.size() && out.size() == x.size() && x.shape().rank() == 3,
                "ScaledResidual",
                x,
                branch,
                gamma,
                keep,
                out);
    }

    @Override
    public List<Slot> reads() {
        return Kernel.slots(x, branch, gamma, keep);
    }

    @Override
    public List<Slot> writes() {
        return List.of(out);
    }

    @Override
    public ScaledResidual map(UnaryOperator<Slot> slots) {
        return new ScaledResidual(
                slots.apply(x),
                slots.apply(branch),
                Kernel.mapped(gamma, slots),
                Kernel.mapped(keep, slots),
                slots.apply(out));
    }

    @Override
    public long flops() {
        return 3 * x.size();
    }
}
