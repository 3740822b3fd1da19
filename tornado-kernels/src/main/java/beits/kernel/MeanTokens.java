package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Mean over the tokens from {@code first} on (mean pooling leaves out the class token).
 *
 * <pre>  out[b,c] = Σ_n≥first x[b,n,c] / (tokens − first)</pre>
 *
 * @param x [batch, tokens, columns]
 * @param first first token of the mean
 * @param out [batch, columns]
 */
public record MeanTokens(Slot x, int first, Slot out) implements Kernel {
    public MeanTokens {
        Kernel.check(
                x.shape().rank() == 3
                        && out.size() == (long) x.shape().extent(0) * x.shape().extent(2)
                        && first < x.shape().extent(1),
                "MeanTokens",
                x,
                out);
    }

    @Override
    public List<Slot> reads() {
        return List.of(x);
    }

    @Override
    public List<Slot> writes() {
        return List.of(out);
    }

    @Override
    public MeanTokens map(UnaryOperator<Slot> slots) {
        return new MeanTokens(slots.apply(x), first, slots.apply(out));
    }

    @Override
    public long flops() {
        return x.size();
    }
}
