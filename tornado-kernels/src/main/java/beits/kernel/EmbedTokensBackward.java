package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Gradient of {@link EmbedTokens}.
 *
 * <pre>  dPatches[b,n,c] = mask[b,n] ≠ 0 ? 0 : dOut[b,n+1,c]
 *   dMaskToken[c] = Σ_b,n mask[b,n] ≠ 0 ? dOut[b,n+1,c] : 0
 *   dClassToken[c] = Σ_b dOut[b,0,c],  dPositions[n,c] = Σ_b dOut[b,n,c]</pre>
 *
 * @param dOut [batch, patches + 1, columns]
 * @param mask integers [batch, patches], or none
 * @param dPatches [batch, patches, columns]
 * @param dMaskToken [columns]; present exactly when {@code mask} is
 * @param dClassToken [columns]
 * @param dPositions [patches + 1, columns], or none
 * @param accumulate whether to add to the gradients of the tokens and positions
 */
public record EmbedTokensBackward(
        Slot dOut,
        @Nullable Slot mask,
        Slot dPatches,
        @Nullable Slot dMaskToken,
        Slot dClassToken,
        @Nullable Slot dPositions,
        boolean accumulate)
        implements Kernel {
    public EmbedTokensBackward {
        Kernel.check(
                dPatches.shape().rank() == 3
                        && (mask == null) == (dMaskToken == null)
                        && dOut.shape().extent(1) == dPatches.shape().extent(1) + 1,
                "EmbedTokensBackward",
                dOut,
                mask,
                dPatches,
                dMaskToken,
                dClassToken,
                dPositions);
    }

    @Override
    public List<Slot> reads() {
        return Kernel.slots(
                dOut,
                mask,
                accumulate ? dMaskToken : null,
                accumulate ? dClassToken : null,
                accumulate ? dPositions : null);
    }

    @Override
    public List<Slot> writes() {
        return Kernel.slots(dPatches, dMaskToken, dClassToken, dPositions);
    }

    @Override
    public EmbedTokensBackward map(UnaryOperator<Slot> slots) {
        return new EmbedTokensBackward(
                slots.apply(dOut),
                Kernel.mapped(mask, slots),
                slots.apply(dPatches),
                Kernel.mapped(dMaskToken, slots),
                slots.apply(dClassToken),
                Kernel.mapped(dPositions, slots),
                accumulate);
    }

    @Override
    public long flops() {
        return 2 * dOut.size();
    }
}
