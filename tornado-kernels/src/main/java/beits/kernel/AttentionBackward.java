package beits.kernel;

import beits.tensor.Slot;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Gradient of {@link Attention}.
 *
 * <pre>  dv[b,j,h,d] = Σ_i p[b,h,i,j] · dOut[b,i,h,d]
 *   dp[b,h,i,j] = Σ_d dOut[b,i,h,d] · v[b,j,h,d]
 *   ds[b,h,i,j] = p · (dp − Σ_j p · dp)
 *   dq[b,i,h,d] = scale · Σ_j ds[b,h,i,j] · k[b,j,h,d]
 *   dk[b,j,h,d] = scale · Σ_i ds[b,h,i,j] · q[b,i,h,d]
 *   dBias[h,i,j] = Σ_b ds[b,h,i,j]</pre>
 *
 * @param qkv [batch, tokens, 3, heads, headSize]
 * @param probabilities p of the forward pass [batch, heads, tokens, tokens]
 * @param dOut [batch, tokens, heads, headSize]
 * @param dQkv gradient of qkv, same shape
 * @param dBias gradient of the bias [heads, tokens, tokens], or none
 * @param scale as in the forward pass
 * @param accumulateBias whether to add to {@code dBias}
 */
public record AttentionBackward(
        Slot qkv,
        Slot probabilities,
        Slot dOut,
        Slot dQkv,
        @Nullable Slot dBias,
        double scale,
        boolean accumulateBias) implements Kernel {
    public AttentionBackward {
        Kernel.check(
                qkv.shape().rank() == 5 && dQkv.size() == qkv.size() && dOut.size() * 3 == qkv.size(),
                "AttentionBackward",
                qkv,
                probabilities,
                dOut,
                dQkv,
                dBias);
    }

    @Override
    public List<Slot> reads() {
        return Kernel.slots(qkv, probabilities, dOut, accumulateBias ? dBias : null);
    }

    @Override
    public List<Slot> writes() {
        return Kernel.slots(dQkv, dBias);
    }

    @Override
    public AttentionBackward map(UnaryOperator<Slot> slots) {
        return new AttentionBackward(
                slots.apply(qkv),
                slots.apply(probabilities),
                slots.apply(dOut),
                slots.apply(dQkv),
                Kernel.mapped(dBias, slots),
                scale,
                accumulateBias);
    }

    @Override
    public long flops() {
        return 8L * batch() * heads() * tokens() * tokens() * headSize() + 4L * batch() * heads() * tokens() * tokens();
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
