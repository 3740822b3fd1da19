package beits.model;

import beits.autograd.Attentions;
import beits.autograd.Graph;
import beits.autograd.Images;
import beits.autograd.Initialiser;
import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.autograd.Products.Activation;
import beits.autograd.Tensor;
import beits.autograd.Tokens;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The image Transformer without a head: patch embedding, mask token, class token, positions, blocks. Parameters carry the
 * official names and stand in the official order.
 */
public final class Encoder {
    private final BeitConfig config;
    private final Parameter classToken;
    private final @Nullable Parameter maskToken;
    private final @Nullable Parameter positions;
    private final Parameter patchWeight;
    private final Parameter patchBias;
    private final @Nullable Parameter sharedTable;
    private final List<Block> blocks;

    /**
     * What happened to a batch of pictures.
     *
     * @param patches output of the patch convolution [batch, patches, width]
     * @param embeddings input of the first block [batch, tokens, width]
     * @param hidden output of each block [batch, tokens, width]
     * @param attention probabilities of each block [batch, heads, tokens, tokens] where they were kept
     */
    public record Encoded(Tensor patches, Tensor embeddings, List<Tensor> hidden, List<Tensor> attention) {
        /** Output of the last block [batch, tokens, width]. */
        public Tensor last() {
            return hidden.getLast();
        }
    }

    /**
     * Inputs of a batch.
     *
     * @param images [batch, channels, height, width] in the inputs arena
     * @param mask integers [batch, patches], non-zero where a patch is hidden, or none
     * @param keep drop path factors [depth, 2, batch], or none for no drop path
     */
    public record Inputs(
            Slot images, @Nullable Slot mask, @Nullable Slot keep) {
        /** Room for a batch without mask and drop path. */
        public static Inputs pictures(Layout layout, BeitConfig config, int batch) {
            return new Inputs(
                    layout.input(batch, config.channels(), config.imageHeight(), config.imageWidth()), null, null);
        }

        /** Room for a batch in training: with a mask when asked for, with drop path factors when the rate is above 0. */
        public static Inputs training(Layout layout, BeitConfig config, int batch, boolean masked) {
            return new Inputs(
                    layout.input(batch, config.channels(), config.imageHeight(), config.imageWidth()),
                    masked ? layout.indexes(batch, config.patches()) : null,
                    config.dropPath() > 0 ? layout.input(config.depth(), 2, batch) : null);
        }
    }

    /**
     * Creates the parameters.
     *
     * @param maskable whether there is a mask token
     */
    public Encoder(Layout layout, BeitConfig config, WeightInitialisation initialisation, boolean maskable) {
        this(layout, "", config, initialisation, maskable);
    }

    /**
     * Creates the parameters under a prefix.
     *
     * @param prefix in front of every name, such as {@code backbone.}
     */
    public Encoder(
            Layout layout, String prefix, BeitConfig config, WeightInitialisation initialisation, boolean maskable) {
        this.config = config;
        int width = config.width();
        int patch = config.patchSize();
        int fanIn = config.channels() * patch * patch;
        classToken = layout.parameter(prefix + "cls_token", initialisation.normal(), 1, 1, width);
        maskToken = maskable ? layout.parameter(prefix + "mask_token", initialisation.normal(), 1, 1, width) : null;
        positions = config.absolutePositions()
                ? layout.parameter(prefix + "pos_embed", initialisation.normal(), 1, config.tokens(), width)
                : null;
        patchWeight = layout.parameter(
                prefix + "patch_embed.proj.weight",
                initialisation.patchWeight(fanIn),
                width,
                config.channels(),
                patch,
                patch);
        patchBias = layout.parameter(prefix + "patch_embed.proj.bias", initialisation.patchBias(fanIn), width);
        sharedTable = config.sharedRelativeBias()
                ? layout.parameter(
                        prefix + "rel_pos_bias.relative_position_bias_table",
                        Initialiser.ZEROS,
                        config.relativeRows(),
                        config.heads())
                : null;
        blocks = new ArrayList<>();
        for (int i = 0; i < config.depth(); i++) {
            blocks.add(new Block(layout, prefix + "blocks." + i, i, config, initialisation));
        }
    }

    /** The shape of this network. */
    public BeitConfig config() {
        return config;
    }

    /**
     * Records the encoder.
     *
     * @param keepAttention whether the attention probabilities of every block are wanted in a graph without backward pass
     */
    public Encoded apply(Graph graph, Inputs inputs, boolean keepAttention) {
        graph.section("embed");
        int batch = inputs.images().shape().extent(0);
        Tensor convolved = Images.convolution(
                graph.constant(inputs.images()),
                graph.parameter(patchWeight),
                graph.parameter(patchBias),
                config.patchSize(),
                0,
                Activation.NONE,
                true);
        Tensor patches = convolved.reshape(batch, config.patches(), config.width());
        Tensor embeddings = Tokens.embed(
                patches,
                maskToken == null ? null : inputs.mask(),
                maskToken == null ? null : graph.parameter(maskToken),
                graph.parameter(classToken),
                positions == null ? null : graph.parameter(positions));
        Tensor bias = sharedTable == null
                ? null
                : Attentions.relativePositionBias(
                        graph.parameter(sharedTable), config.gridHeight(), config.gridWidth());
        List<Tensor> hidden = new ArrayList<>();
        List<Tensor> attention = new ArrayList<>();
        Tensor x = embeddings;
        for (int i = 0; i < blocks.size(); i++) {
            graph.section("block " + i);
            Block block = blocks.get(i);
            Tensor in = x;
            @Nullable Tensor keepBranch = keep(graph, inputs, i, 0);
            @Nullable Tensor keepMlp = keep(graph, inputs, i, 1);
            Block.Result result = graph.recomputed(() -> block.apply(in, bias, keepBranch, keepMlp, keepAttention));
            x = result.out();
            hidden.add(x);
            if (result.probabilities() != null) {
                attention.add(result.probabilities());
            }
        }
        graph.section("head");
        return new Encoded(patches, embeddings, List.copyOf(hidden), List.copyOf(attention));
    }

    private @Nullable Tensor keep(Graph graph, Inputs inputs, int block, int branch) {
        Slot keep = inputs.keep();
        if (keep == null || config.dropPath(block) == 0) {
            return null;
        }
        int batch = keep.shape().extent(2);
        return graph.constant(keep.part((2L * block + branch) * batch, batch));
    }

    /**
     * Drop path factors from uniform draws (official {@code drop_path}): {@code floor(1 − rate + u) / (1 − rate)}.
     *
     * @param uniforms in [0, 1): [depth, 2, batch]
     */
    public double[] dropPathFactors(double[] uniforms) {
        double[] factors = new double[uniforms.length];
        int perBlock = uniforms.length / config.depth();
        for (int i = 0; i < uniforms.length; i++) {
            double keep = 1 - config.dropPath(i / perBlock);
            factors[i] = Math.floor(keep + uniforms[i]) / keep;
        }
        return factors;
    }
}
