package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Multi-head self-attention with an additive bias (BEiT §2.2 and appendix; official {@code modeling_finetune.Attention}).
 *
 * <pre>  s[b,h,i,j] = Σ_d (scale · q[b,i,h,d]) · k[b,j,h,d] + bias[h,i,j]
 *   p[b,h,i,j] = exp(s − max_j s) / Σ_j exp(s − max_j s)
 *   out[b,i,h,d] = Σ_j p[b,h,i,j] · v[b,j,h,d]</pre>
 *
 * {@code qkv} holds queries, keys and values of a token side by side, as the fused linear layer makes them.
 *
 * @param qkv [batch, tokens, 3, heads, headSize]
 * @param bias relative position bias [heads, tokens, tokens], or none
 * @param probabilities p [batch, heads, tokens, tokens], kept for the backward pass or for a picture; none when nobody reads it
 * @param out [batch, tokens, heads, headSize]
 * @param scale factor of the queries, {@code headSize^-0.5} in BEiT
 */
public record Attention(
        Slot qkv, @Nullable Slot bias, @Nullable Slot probabilities, Slot out, double scale) implements Kernel {
    public Attention {
        Kernel.check(
                qkv.shape().rank() == 5 && out.size() * 3 == qkv.size(), "Attention", qkv, bias, probabilities, out);
    }

    @Override
    public List<Slot> reads() {
        return Kernel.slots(qkv, bias);
    }

    @Override
    public List<Slot> writes() {
        return Kernel.slots(out, probabilities);
    }

    @Override
    public Attention map(UnaryOperator<Slot> slots) {
        return new Attention(
                slots.apply(qkv),
                Kernel.mapped(bias, slots),
                Kernel.mapped(probabilities, slots),
                slots.apply(out),
                scale);
    }

    @Override
    public long flops() {
        return 4L * batch() * heads() * tokens() * tokens() * headSize() + 5L * batch() * heads() * tokens() * tokens();
    }

    /** Pictures. */
    public int batch() {
        return qkv.shape().extent(0);
    }

    /** Tokens a picture. */
    public int tokens() {
        return qkv.shape().extent(1);
    }

    /** Attention heads. */
    public int heads() {
        return qkv.shape().extent(3);
    }

    /** Width of a head. */
    public int headSize() {
        return qkv.shape().extent(4);
    }
}
