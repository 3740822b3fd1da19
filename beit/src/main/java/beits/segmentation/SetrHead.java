package beits.segmentation;

import beits.autograd.Elements;
import beits.autograd.Images;
import beits.autograd.Layout;
import beits.autograd.Tensor;
import beits.autograd.Tokens;
import beits.kernel.UnaryFunction;
import beits.model.BeitConfig;
import beits.nn.BatchNorm;
import beits.nn.Convolution;
import beits.nn.LayerNorm;
import java.util.ArrayList;
import java.util.List;

/**
 * Decoder head of SETR (Zheng et al., arXiv:2012.15840; official {@code vit_up_head.VisionTransformerUpHead}): LayerNorm of the
 * tokens, convolutions with batch norm and ReLU, bilinear up-sampling between them, a 1x1 convolution to the classes. The
 * convolutions keep a bias in front of batch norm, as the official ones do.
 */
public final class SetrHead {
    /** Channels of the official hidden convolutions. */
    public static final int CHANNELS = 256;

    private final Kind kind;
    private final int hidden;
    private final LayerNorm norm;
    private final List<Convolution> convolutions;
    private final List<BatchNorm> norms;

    /** The official variants. */
    public enum Kind {
        /**
         * Progressive up-sampling: x2 as often as it takes from a patch to its pixels, a convolution before each; the last x2 comes
         * after the classes. That is four for the official patches of 16 pixels.
         */
        PROGRESSIVE,
        /** Auxiliary head of SETR-PUP: one convolution, x4, classes, then to the size of the picture. */
        AUXILIARY,
        /** SETR-Naive: one convolution, classes, then to the size of the picture. */
        NAIVE
    }

    /**
     * A head named {@code prefix.norm}, {@code prefix.conv_i}, {@code prefix.syncbn_fc_i}.
     *
     * @param width of the encoder
     * @param channels of the hidden convolutions, officially {@link #CHANNELS}
     * @param patchSize pixels along one side of a patch; a power of two for PROGRESSIVE
     * @param window side of the hidden convolutions' windows: 3, or 1 (official {@code conv3x3_conv1x1=False}, as in mmseg's
     *     configuration of SETR-Naive)
     */
    public SetrHead(
            Layout layout, String prefix, int width, int channels, int classes, int patchSize, Kind kind, int window) {
        this.kind = kind;
        this.hidden = switch (kind) {
            case PROGRESSIVE -> doublings(patchSize);
            case AUXILIARY, NAIVE -> 1;
        };
        this.norm = LayerNorm.create(layout, prefix + "norm", width, BeitConfig.EPSILON);
        this.convolutions = new ArrayList<>();
        this.norms = new ArrayList<>();
        for (int i = 0; i < hidden; i++) {
            convolutions.add(Convolution.create(
                    layout, prefix + "conv_" + i, i == 0 ? width : channels, channels, window, 1, window / 2, true));
        }
        convolutions.add(Convolution.create(layout, prefix + "conv_" + hidden, channels, classes, 1, 1, 0, true));
        for (int i = 0; i < hidden; i++) {
            norms.add(BatchNorm.create(layout, prefix + "syncbn_fc_" + i, channels));
        }
    }

    /** How often a side of one must double to reach the patch's. */
    static int doublings(int patchSize) {
        if (patchSize < 2 || Integer.bitCount(patchSize) != 1) {
            throw new IllegalArgumentException(
                    "patchSize = " + patchSize + ": SETR-PUP doubles patches to pixels, so it needs a power of two");
        }
        return Integer.numberOfTrailingZeros(patchSize);
    }

    /**
     * Class logits of a sequence.
     *
     * @param tokens [batch, tokens, width], the class token first
     * @param gridHeight patches from top to bottom
     * @param gridWidth patches from left to right
     * @param height of the picture; PROGRESSIVE gives the patches times their size whatever it is
     * @param width of the picture
     * @return [batch, height, width, classes]
     */
    public Tensor apply(Tensor tokens, int gridHeight, int gridWidth, int height, int width) {
        Tensor patches = norm.apply(Tokens.slice(tokens, 1, gridHeight * gridWidth));
        Tensor map = patches.reshape(
                tokens.shape().extent(0), gridHeight, gridWidth, tokens.shape().extent(2));
        return applyToMap(map, height, width);
    }

    /** {@link #apply} for a feature map [batch, gridHeight, gridWidth, width], which is not normalised. */
    public Tensor applyToMap(Tensor map, int height, int width) {
        Tensor x = map;
        for (int i = 0; i < hidden; i++) {
            x = Elements.map(
                    UnaryFunction.RELU, norms.get(i).apply(convolutions.get(i).apply(x)));
            if (kind == Kind.PROGRESSIVE && i < hidden - 1) {
                x = enlarge(x, 2);
            }
        }
        return switch (kind) {
            case PROGRESSIVE -> enlarge(convolutions.getLast().apply(x), 2);
            case AUXILIARY ->
                Images.upsampleBilinear(convolutions.getLast().apply(enlarge(x, 4)), height, width, false);
            case NAIVE -> Images.upsampleBilinear(convolutions.getLast().apply(x), height, width, false);
        };
    }

    private static Tensor enlarge(Tensor x, int factor) {
        return Images.upsampleBilinear(
                x, x.shape().extent(1) * factor, x.shape().extent(2) * factor, false);
    }
}
