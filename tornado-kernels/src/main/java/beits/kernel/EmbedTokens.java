package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes the sequence of a picture (official {@code VisionTransformerForMaskedImageModeling.forward_features}): the mask token
 * replaces hidden patches, the class token is put in front, then positions are added.
 *
 * <pre>  out[b,0,c]   = classToken[c] + positions[0,c]
 *   out[b,n+1,c] = (mask[b,n] ≠ 0 ? maskToken[c] : patches[b,n,c]) + positions[n+1,c]</pre>
 *
 * @param patches [batch, patches, columns]
 * @param mask integers [batch, patches], or none
 * @param maskToken [columns]; present exactly when {@code mask} is
 * @param classToken [columns]
 * @param positions [patches + 1, columns], or none
 * @param out [batch, patches + 1, columns]
 */
public record EmbedTokens(
        Slot patches,
        @Nullable Slot mask,
        @Nullable Slot maskToken,
        Slot classToken,
        @Nullable Slot positions,
        Slot out)
        implements Kernel {
    public EmbedTokens {
        Kernel.check(
                patches.shape().rank() == 3
                        && (mask == null) == (maskToken == null)
                        && out.shape().extent(1) == patches.shape().extent(1) + 1,
                "EmbedTokens",
                patches,
                mask,
                maskToken,
                classToken,
                positions,
                out);
    }

    @Override
    public List<Slot> reads() {
        return Kernel.slots(patches, mask, maskToken, classToken, positions);
    }

    @Override
    public List<Slot> writes() {
        return List.of(out);
    }

    @Override
    public EmbedTokens map(UnaryOperator<Slot> slots) {
        return new EmbedTokens(
                slots.apply(patches),
                Kernel.mapped(mask, slots),
                Kernel.mapped(maskToken, slots),
                slots.apply(classToken),
                Kernel.mapped(positions, slots),
                slots.apply(out));
    }

    @Override
    public long flops() {
        return out.size();
    }
}
