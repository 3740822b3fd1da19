package beits.model;

import beits.autograd.Attentions;
import beits.autograd.Elements;
import beits.autograd.Graph;
import beits.autograd.Initialiser;
import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.autograd.Products;
import beits.autograd.Products.Activation;
import beits.autograd.Tensor;
import beits.autograd.Tokens;
import beits.nn.LayerNorm;
import beits.nn.Linear;
import org.jspecify.annotations.Nullable;

/**
 * A Transformer block (official {@code modeling_finetune.Block}):
 *
 * <pre>  x = x + keep₁·γ₁·proj(attention(norm1(x)))
 *   x = x + keep₂·γ₂·fc2(gelu(fc1(norm2(x))))</pre>
 */
final class Block {
    private final BeitConfig config;
    private final @Nullable Parameter gamma1;
    private final @Nullable Parameter gamma2;
    private final LayerNorm norm1;
    private final @Nullable Parameter qBias;
    private final @Nullable Parameter vBias;
    private final @Nullable Parameter table;
    private final Parameter qkv;
    private final Linear proj;
    private final LayerNorm norm2;
    private final Linear fc1;
    private final Linear fc2;

    Block(Layout layout, String prefix, int index, BeitConfig config, WeightInitialisation initialisation) {
        this.config = config;
        int width = config.width();
        boolean scaled = config.layerScale() > 0;
        Initialiser gamma = new Initialiser.Constant((float) config.layerScale());
        gamma1 = scaled ? layout.parameter(prefix + ".gamma_1", gamma, width) : null;
        gamma2 = scaled ? layout.parameter(prefix + ".gamma_2", gamma, width) : null;
        norm1 = LayerNorm.create(layout, prefix + ".norm1", width, BeitConfig.EPSILON);
        qBias = config.qkvBias() ? layout.parameter(prefix + ".attn.q_bias", Initialiser.ZEROS, width) : null;
        vBias = config.qkvBias() ? layout.parameter(prefix + ".attn.v_bias", Initialiser.ZEROS, width) : null;
        table = config.blockRelativeBias()
                ? layout.parameter(
                        prefix + ".attn.relative_position_bias_table",
                        Initialiser.ZEROS,
                        config.relativeRows(),
                        config.heads())
                : null;
        qkv = layout.parameter(prefix + ".attn.qkv.weight", initialisation.normal(), 3 * width, width);
        proj = Linear.create(layout, prefix + ".attn.proj", width, width, true, initialisation.branchEnd(index));
        norm2 = LayerNorm.create(layout, prefix + ".norm2", width, BeitConfig.EPSILON);
        fc1 = Linear.create(layout, prefix + ".mlp.fc1", width, config.mlpWidth(), true, initialisation.normal());
        fc2 = Linear.create(
                layout, prefix + ".mlp.fc2", config.mlpWidth(), width, true, initialisation.branchEnd(index));
    }

    /** Output of a block and, when asked for, its attention probabilities. */
    record Result(Tensor out, @Nullable Tensor probabilities) {}

    /**
     * Applies the block.
     *
     * @param x [batch, tokens, width]
     * @param sharedBias [heads, tokens, tokens], or none
     * @param keepAttention drop path factors [batch] of the attention branch, or none
     * @param keepMlp drop path factors [batch] of the MLP branch, or none
     * @param keepProbabilities whether the attention probabilities are wanted
     */
    Result apply(
            Tensor x,
            @Nullable Tensor sharedBias,
            @Nullable Tensor keepAttention,
            @Nullable Tensor keepMlp,
            boolean keepProbabilities) {
        Graph graph = x.graph();
        Tensor normed = norm1.apply(x);
        Tensor bias = qBias == null || vBias == null
                ? null
                : Tokens.queryValueBias(graph.parameter(qBias), graph.parameter(vBias));
        Tensor projected = Products.linear(normed, graph.parameter(qkv), bias);
        Attentions.Attended attended =
                Attentions.attention(projected, config.heads(), positionBias(graph, sharedBias), keepProbabilities);
        Tensor attention = proj.apply(attended.out());
        Tensor middle = Elements.scaledResidual(x, attention, scale(graph, gamma1), keepAttention);
        Tensor mlp = fc2.apply(fc1.apply(norm2.apply(middle), Activation.GELU));
        return new Result(
                Elements.scaledResidual(middle, mlp, scale(graph, gamma2), keepMlp), attended.probabilities());
    }

    private @Nullable Tensor positionBias(Graph graph, @Nullable Tensor sharedBias) {
        if (table == null) {
            return sharedBias;
        }
        Tensor own = Attentions.relativePositionBias(graph.parameter(table), config.gridHeight(), config.gridWidth());
        return sharedBias == null ? own : Elements.add(own, sharedBias);
    }

    private static @Nullable Tensor scale(Graph graph, @Nullable Parameter gamma) {
        return gamma == null ? null : graph.parameter(gamma);
    }
}
