package beits.tokenizer;

import beits.autograd.Elements;
import beits.autograd.Graph;
import beits.autograd.Initialiser;
import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.autograd.Products;
import beits.autograd.Products.Activation;
import beits.autograd.Tensor;
import beits.autograd.Tokens;
import beits.kernel.UnaryFunction;
import beits.nn.Convolution;
import beits.nn.TransposedConvolution;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;

/**
 * The trainable discrete variational autoencoder (official {@code modeling_discrete_vae.DiscreteVAE}; Ramesh et al. 2021).
 *
 * <pre>  encoder: layers x [conv 4x4 / 2 - ReLU - residual blocks], conv 1x1 to one logit a word
 *   decoder: layers x [transposed conv 4x4 / 2 - ReLU - residual blocks], conv 1x1 to pixels
 *   residual block: x + conv1(ReLU(conv3(ReLU(conv3(x)))))</pre>
 *
 * Pictures are [batch, channels, imageSize, imageSize] with mean and deviation 0.5 taken off; maps inside are channels-last.
 */
public final class DiscreteVae implements ImageTokenizer {
    private final DiscreteVaeConfig config;
    private final Layout layout;
    private final Parameter codebook;
    private final List<Down> encoder = new ArrayList<>();
    private final Convolution toLogits;
    private final List<Up> decoder = new ArrayList<>();
    private final Convolution toPixels;

    private record ResidualBlock(Convolution first, Convolution second, Convolution last) {
        static ResidualBlock create(Layout layout, String prefix, int width) {
            return new ResidualBlock(
                    Convolution.create(layout, prefix + ".net.0", width, width, 3, 1, 1, true),
                    Convolution.create(layout, prefix + ".net.2", width, width, 3, 1, 1, true),
                    Convolution.create(layout, prefix + ".net.4", width, width, 1, 1, 0, true));
        }

        Tensor apply(Tensor x) {
            Tensor hidden = second.apply(first.apply(x, Activation.RELU), Activation.RELU);
            return Elements.add(last.apply(hidden), x);
        }
    }

    private record Down(Convolution convolution, List<ResidualBlock> blocks) {}

    private record Up(TransposedConvolution convolution, List<ResidualBlock> blocks) {}

    /**
     * Creates the parameters: {@code codebook.weight} [tokens, codebookDim], {@code encoder.*}, {@code decoder.*} with the
     * official names.
     *
     * @param layout of this model alone
     * @param config its shape
     */
    public DiscreteVae(Layout layout, DiscreteVaeConfig config) {
        this.config = config;
        this.layout = layout;
        int hidden = config.hiddenDim();
        this.codebook =
                layout.parameter("codebook.weight", new Initialiser.Normal(1), config.tokens(), config.codebookDim());
        int index = 0;
        for (int layer = 0; layer < config.layers(); layer++) {
            int in = layer == 0 ? config.channels() : hidden;
            Convolution convolution = Convolution.create(layout, "encoder." + index + ".0", in, hidden, 4, 2, 1, true);
            encoder.add(new Down(convolution, blocks("encoder.", index + 1)));
            index += 1 + config.resBlocks();
        }
        this.toLogits = Convolution.create(layout, "encoder." + index, hidden, config.tokens(), 1, 1, 0, true);
        index = 0;
        for (int layer = 0; layer < config.layers(); layer++) {
            int in = layer == 0 ? config.codebookDim() : hidden;
            TransposedConvolution convolution =
                    TransposedConvolution.create(layout, "decoder." + index + ".0", in, hidden, 4, 2, 1);
            decoder.add(new Up(convolution, blocks("decoder.", index + 1)));
            index += 1 + config.resBlocks();
        }
        this.toPixels = Convolution.create(layout, "decoder." + index, hidden, config.channels(), 1, 1, 0, true);
    }

    private List<ResidualBlock> blocks(String prefix, int first) {
        List<ResidualBlock> blocks = new ArrayList<>();
        for (int i = 0; i < config.resBlocks(); i++) {
            blocks.add(ResidualBlock.create(layout, prefix + (first + i), config.hiddenDim()));
        }
        return blocks;
    }

    /** Its shape. */
    public DiscreteVaeConfig config() {
        return config;
    }

    @Override
    public Layout layout() {
        return layout;
    }

    @Override
    public int viewSize() {
        return config.imageSize();
    }

    @Override
    public int channels() {
        return config.channels();
    }

    @Override
    public int grid() {
        return config.grid();
    }

    @Override
    public int vocabulary() {
        return config.tokens();
    }

    @Override
    public PixelMapping pixels() {
        return PixelMapping.CENTRED;
    }

    @Override
    public Tensor logits(Tensor pictures) {
        Graph graph = pictures.graph();
        Tensor x = pictures;
        for (int layer = 0; layer < encoder.size(); layer++) {
            graph.section("encoder " + layer);
            Down down = encoder.get(layer);
            x = layer == 0
                    ? down.convolution.applyToPictures(x, Activation.RELU)
                    : down.convolution.apply(x, Activation.RELU);
            for (ResidualBlock block : down.blocks) {
                x = block.apply(x);
            }
        }
        graph.section("token logits");
        return toLogits.apply(x);
    }

    @Override
    public Tensor embed(Tensor code) {
        return Products.matmul(code, code.graph().parameter(codebook));
    }

    @Override
    public Tensor embed(Graph graph, Slot tokens) {
        int batch = Math.toIntExact(tokens.size() / ((long) grid() * grid()));
        return Tokens.gather(graph.parameter(codebook), tokens, null)
                .reshape(batch, grid(), grid(), config.codebookDim());
    }

    @Override
    public Tensor decode(Tensor embedded) {
        Graph graph = embedded.graph();
        Tensor x = embedded;
        for (int layer = 0; layer < decoder.size(); layer++) {
            graph.section("decoder " + layer);
            Up up = decoder.get(layer);
            x = Elements.map(UnaryFunction.RELU, up.convolution.apply(x));
            for (ResidualBlock block : up.blocks) {
                x = block.apply(x);
            }
        }
        graph.section("pixels");
        return ImageTokenizer.channelsFirst(toPixels.apply(x));
    }
}
