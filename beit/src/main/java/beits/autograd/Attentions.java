package beits.autograd;

import beits.kernel.Attention;
import beits.kernel.AttentionBackward;
import beits.kernel.RelativePositionBias;
import beits.kernel.RelativePositionBiasBackward;
import beits.tensor.Slot;
import org.jspecify.annotations.Nullable;

/** Self-attention and its relative position bias. */
public final class Attentions {
    private Attentions() {}

    /**
     * What attention gives.
     *
     * @param out [batch, tokens, heads·headSize]
     * @param probabilities [batch, heads, tokens, tokens] in a training graph or when asked for, else none
     */
    public record Attended(Tensor out, @Nullable Tensor probabilities) {}

    /**
     * Multi-head self-attention; formulas in {@link Attention} and {@link AttentionBackward}.
     *
     * @param qkv [batch, tokens, 3·heads·headSize]
     * @param heads number of heads
     * @param bias [heads, tokens, tokens], or none
     * @param keepProbabilities whether the probabilities are wanted although no backward pass follows
     */
    public static Attended attention(Tensor qkv, int heads, @Nullable Tensor bias, boolean keepProbabilities) {
        Graph graph = qkv.graph();
        int batch = qkv.shape().extent(0);
        int tokens = qkv.shape().extent(1);
        int width = qkv.shape().extent(2) / 3;
        double scale = 1 / Math.sqrt(width / heads);
        Slot split = qkv.slot().reshape(batch, tokens, 3, heads, width / heads);
        Slot out = graph.allocate(batch, tokens, heads, width / heads);
        boolean keep = keepProbabilities || graph.training();
        @Nullable Slot p = keep ? graph.allocate(batch, heads, tokens, tokens) : null;
        graph.emit(new Attention(split, bias == null ? null : bias.slot(), p, out, scale));
        Tensor result = graph.result(out.reshape(batch, tokens, width), qkv.differentiable());
        if (p == null) {
            return new Attended(result, null);
        }
        graph.record(result, (gradients, dOut) -> {
            Slot dQkv = gradients.fresh(qkv);
            Gradients.@Nullable Destination dBias =
                    bias != null && gradients.wanted(bias) ? gradients.into(bias) : null;
            graph.emit(new AttentionBackward(
                    split,
                    p,
                    dOut.reshape(batch, tokens, heads, width / heads),
                    dQkv.reshape(batch, tokens, 3, heads, width / heads),
                    dBias == null ? null : dBias.slot(),
                    scale,
                    dBias != null && dBias.accumulate()));
            gradients.pass(qkv, dQkv);
        });
        return new Attended(result, graph.result(p, false));
    }

    /**
     * Spreads a relative position table over all pairs of tokens; formulas in {@link RelativePositionBias}.
     *
     * @param table [(2·gridHeight − 1)·(2·gridWidth − 1) + 3, heads]
     * @return [heads, tokens, tokens]
     */
    public static Tensor relativePositionBias(Tensor table, int gridHeight, int gridWidth) {
        Graph graph = table.graph();
        int tokens = gridHeight * gridWidth + 1;
        Slot bias = graph.allocate(table.shape().columns(), tokens, tokens);
        graph.emit(new RelativePositionBias(table.slot(), bias, gridHeight, gridWidth));
        Tensor result = graph.result(bias, table.differentiable());
        graph.record(result, (gradients, dBias) -> {
            Gradients.Destination d = gradients.into(table);
            graph.emit(new RelativePositionBiasBackward(dBias, d.slot(), gridHeight, gridWidth, d.accumulate()));
        });
        return result;
    }
}
