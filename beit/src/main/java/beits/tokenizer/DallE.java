package beits.tokenizer;

import beits.autograd.Elements;
import beits.autograd.Graph;
import beits.autograd.Images;
import beits.autograd.Initialiser;
import beits.autograd.Layout;
import beits.autograd.Products.Activation;
import beits.autograd.Tensor;
import beits.autograd.Tokens;
import beits.kernel.UnaryFunction;
import beits.nn.Convolution;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizer that BEiT was published with (openai {@code dall_e/encoder.py}, {@code dall_e/decoder.py}; paper §2.1).
 *
 * <pre>  encoder: conv 7x7, four groups of blocks with widths 1, 2, 4, 8 times the first, max-pool 2 after the first three,
 *            ReLU, conv 1x1 to one logit a word
 *   decoder: conv 1x1, four groups with widths 8, 4, 2, 1, nearest up-sampling by 2 after the first three, ReLU, conv 1x1 to
 *            6 channels: location and scale of each colour; the picture is sigmoid(location)
 *   block:   id(x) + gain · branch(x), id a conv 1x1 where the widths differ, gain = 1/blocks²
 *   branch:  ReLU, conv, ReLU, conv, ReLU, conv, ReLU, conv; windows 3 3 3 1 in the encoder, 1 3 3 3 in the decoder; inner
 *            width a quarter of the outer one</pre>
 *
 * Parameters are called as in the published files behind {@code encoder.} and {@code decoder.}, such as {@code
 * encoder.blocks.group_2.block_1.res_path.conv_1.w}.
 */
public final class DallE implements ImageTokenizer {
    private static final int CHANNELS = 3;

    private final DallEConfig config;
    private final Layout layout;
    private final Convolution encoderInput;
    private final List<List<Block>> encoderGroups = new ArrayList<>();
    private final Convolution encoderOutput;
    private final Convolution decoderInput;
    private final List<List<Block>> decoderGroups = new ArrayList<>();
    private final Convolution decoderOutput;

    private record Block(@Nullable Convolution identity, List<Convolution> branch, double gain) {
        Tensor apply(Tensor x) {
            Tensor y = Elements.map(UnaryFunction.RELU, x);
            for (Convolution convolution : branch.subList(0, branch.size() - 1)) {
                y = convolution.apply(y, Activation.RELU);
            }
            y = branch.getLast().apply(y);
            return Elements.add(identity == null ? x : identity.apply(x), Elements.scale(y, gain));
        }
    }

    /**
     * Creates the parameters.
     *
     * @param layout of this model alone
     * @param config its shape
     */
    public DallE(Layout layout, DallEConfig config) {
        this.config = config;
        this.layout = layout;
        int width = config.width();
        this.encoderInput = convolution("encoder.blocks.input", CHANNELS, width, 7);
        int in = width;
        for (int group = 1; group <= DallEConfig.GROUPS; group++) {
            int out = width << (group - 1);
            encoderGroups.add(group("encoder.blocks.group_" + group, in, out, new int[] {3, 3, 3, 1}));
            in = out;
        }
        this.encoderOutput = convolution("encoder.blocks.output.conv", in, config.vocabulary(), 1);
        this.decoderInput = convolution("decoder.blocks.input", config.vocabulary(), config.decoderInput(), 1);
        in = config.decoderInput();
        for (int group = 1; group <= DallEConfig.GROUPS; group++) {
            int out = width << (DallEConfig.GROUPS - group);
            decoderGroups.add(group("decoder.blocks.group_" + group, in, out, new int[] {1, 3, 3, 3}));
            in = out;
        }
        this.decoderOutput = convolution("decoder.blocks.output.conv", in, 2 * CHANNELS, 1);
    }

    private List<Block> group(String prefix, int in, int out, int[] windows) {
        List<Block> blocks = new ArrayList<>();
        for (int i = 1; i <= config.blocksPerGroup(); i++) {
            String name = prefix + ".block_" + i;
            int from = i == 1 ? in : out;
            Convolution identity = from == out ? null : convolution(name + ".id_path", from, out, 1);
            List<Convolution> branch = new ArrayList<>();
            for (int c = 0; c < windows.length; c++) {
                branch.add(convolution(
                        name + ".res_path.conv_" + (c + 1),
                        c == 0 ? from : out / 4,
                        c == windows.length - 1 ? out : out / 4,
                        windows[c]));
            }
            blocks.add(new Block(identity, branch, config.branchGain()));
        }
        return blocks;
    }

    private Convolution convolution(String name, int in, int out, int window) {
        Initialiser normal = new Initialiser.Normal(1 / Math.sqrt((double) in * window * window));
        return new Convolution(
                layout.parameter(name + ".w", normal, out, in, window, window),
                layout.parameter(name + ".b", Initialiser.ZEROS, out),
                1,
                (window - 1) / 2);
    }

    /** Its shape. */
    public DallEConfig config() {
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
        return CHANNELS;
    }

    @Override
    public int grid() {
        return config.imageSize() / 8;
    }

    @Override
    public int vocabulary() {
        return config.vocabulary();
    }

    @Override
    public PixelMapping pixels() {
        return PixelMapping.DALL_E;
    }

    @Override
    public Tensor logits(Tensor pictures) {
        return logits(encoderMaps(pictures));
    }

    /** Logits [batch, height / 8, width / 8, vocabulary] of the {@link #encoderMaps}. */
    public Tensor logits(List<Tensor> encoderMaps) {
        Tensor last = encoderMaps.getLast();
        last.graph().section("token logits");
        return encoderOutput.apply(Elements.map(UnaryFunction.RELU, last));
    }

    /**
     * The maps of the encoder [batch, height, width, channels]: of the input convolution and of the four groups, each after its
     * pooling. Pictures may have any extents that are multiples of 8.
     */
    public List<Tensor> encoderMaps(Tensor pictures) {
        Graph graph = pictures.graph();
        graph.section("encoder input");
        List<Tensor> maps = new ArrayList<>();
        Tensor x = encoderInput.applyToPictures(pictures, Activation.NONE);
        maps.add(x);
        for (int group = 0; group < DallEConfig.GROUPS; group++) {
            graph.section("encoder group " + (group + 1));
            for (Block block : encoderGroups.get(group)) {
                x = block.apply(x);
            }
            if (group < DallEConfig.GROUPS - 1) {
                x = Images.maxPool(x, 2);
            }
            maps.add(x);
        }
        return List.copyOf(maps);
    }

    @Override
    public Tensor embed(Tensor code) {
        return decoderInput.apply(code);
    }

    /** The 1x1 convolution of a unit vector is one column of its weight: rows of the transposed weight are picked. */
    @Override
    public Tensor embed(Graph graph, Slot tokens) {
        int width = config.decoderInput();
        Tensor words = Tokens.transpose(graph.parameter(decoderInput.weight()).reshape(1, width, config.vocabulary()))
                .reshape(config.vocabulary(), width);
        Tensor bias = graph.parameter(Objects.requireNonNull(decoderInput.bias()));
        int batch = Math.toIntExact(tokens.size() / ((long) grid() * grid()));
        return Elements.addRowVector(Tokens.gather(words, tokens, null), bias).reshape(batch, grid(), grid(), width);
    }

    /** The maps of the decoder's four groups [batch, height, width, channels], each after its up-sampling. */
    public List<Tensor> decoderMaps(Tensor embedded) {
        Graph graph = embedded.graph();
        List<Tensor> maps = new ArrayList<>();
        Tensor x = embedded;
        for (int group = 0; group < DallEConfig.GROUPS; group++) {
            graph.section("decoder group " + (group + 1));
            for (Block block : decoderGroups.get(group)) {
                x = block.apply(x);
            }
            if (group < DallEConfig.GROUPS - 1) {
                x = Images.upsampleNearest(x, 2);
            }
            maps.add(x);
        }
        return List.copyOf(maps);
    }

    /** The six channels [batch, height, width, 6] of the {@link #decoderMaps}: three locations, three scales. */
    public Tensor decoderOutput(List<Tensor> decoderMaps) {
        Tensor last = decoderMaps.getLast();
        last.graph().section("pixels");
        return decoderOutput.apply(Elements.map(UnaryFunction.RELU, last));
    }

    /** {@link #decoderOutput(List)} of what the decoder starts from. */
    public Tensor decoderOutput(Tensor embedded) {
        return decoderOutput(decoderMaps(embedded));
    }

    @Override
    public Tensor decode(Tensor embedded) {
        return picture(decoderOutput(embedded));
    }

    /** Mapped picture [batch, 3, height, width] of the six channels of the decoder [batch, height, width, 6]. */
    public static Tensor picture(Tensor six) {
        int batch = six.shape().extent(0);
        int height = six.shape().extent(1);
        int width = six.shape().extent(2);
        Tensor first = ImageTokenizer.channelsFirst(six).reshape(batch, 2, CHANNELS * height * width);
        Tensor location = Tokens.slice(first, 0, 1).reshape(batch, CHANNELS, height, width);
        return Elements.map(UnaryFunction.SIGMOID, location);
    }
}
