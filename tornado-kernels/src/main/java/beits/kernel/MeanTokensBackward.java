package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Gradient of {@link MeanTokens}.
 *
 * <pre>  dx[b,n,c] = n ≥ first ? dOut[b,c] / (tokens − first) : 0</pre>
 *
 * @param dOut [batch, columns]
 * @param first as in the forward pass
 * @param dx [batch, tokens, columns]
 */
public record MeanTokensBackward(Slot dOut, int first, Slot dx) implements Kernel {
    public MeanTokensBackward {
        Kernel.check(
                dx.shape().rank() == 3
                        && dOut.size()
                                == (long) dx.shape().extent(0) * dx.shape().extent(2)
                        && first < dx.shape().extent(1),
                "MeanTokensBackward",
                dOut,
                dx);
    }

    @Override
    public List<Slot> reads() {
        return List.of(dOut);
    }

    @Override
    public List<Slot> writes() {
        return List.of(dx);
    }

    @Override
    public MeanTokensBackward map(UnaryOperator<Slot> slots) {
        return new MeanTokensBackward(slots.apply(dOut), first, slots.apply(dx));
    }

    @Override
    public long flops() {
        return dx.size();
    }
}
