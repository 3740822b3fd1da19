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
    /** Channels of the hidden convolutions. */
    public static final int CHANNELS = 256;

    private final Kind kind;
    private final LayerNorm norm;
    private final List<Convolution> convolutions;
    private final List<BatchNorm> norms;

    /** The official variants. */
    public enum Kind {
        /** Progressive up-sampling: four 3x3 convolutions, x2 after the first three and after the classes. */
        PROGRESSIVE(4),
        /** Auxiliary head of SETR-PUP: one 3x3 convolution, x4, classes, then to the size of the picture. */
        AUXILIARY(1),
        /** SETR-Naive: one 3x3 convolution, classes, then to the size of the picture. */
        NAIVE(1);

        private final int hidden;

        Kind(int hidden) {
            this.hidden = hidden;
        }
    }

    /** A head named {@code prefix.norm}, {@code prefix.conv_i}, {@code prefix.syncbn_fc_i}. */
    public SetrHead(Layout layout, String prefix, int width, int classes, Kind kind) {
        this.kind = kind;
        this.norm = LayerNorm.create(layout, prefix + "norm", width, BeitConfig.EPSILON);
        this.convolutions = new ArrayList<>();
        this.norms = new ArrayList<>();
        for (int i = 0; i < kind.hidden; i++) {
            convolutions.add(Convolution.create(
                    layout, prefix + "conv_" + i, i == 0 ? width : CHANNELS, CHANNELS, 3, 1, 1, true));
        }
        convolutions.add(Convolution.create(layout, prefix + "conv_" + kind.hidden, CHANNELS, classes, 1, 1, 0, true));
        for (int i = 0; i < kind.hidden; i++) {
            norms.add(BatchNorm.create(layout, prefix + "syncbn_fc_" + i, CHANNELS));
        }
    }

    /**
     * Class logits of a sequence.
     *
     * @param tokens [batch, tokens, width], the class token first
     * @param gridHeight patches from top to bottom
     * @param gridWidth patches from left to right
     * @param height of the picture; PROGRESSIVE gives 16 times the grid whatever it is
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
        for (int i = 0; i < kind.hidden; i++) {
            x = Elements.map(
                    UnaryFunction.RELU, norms.get(i).apply(convolutions.get(i).apply(x)));
            if (kind == Kind.PROGRESSIVE && i < kind.hidden - 1) {
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
