package beits.segmentation;

import beits.autograd.Elements;
import beits.autograd.Images;
import beits.autograd.Initialiser;
import beits.autograd.Layout;
import beits.autograd.Tensor;
import beits.autograd.Tokens;
import beits.nn.Convolution;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * UPerNet (Xiao et al., arXiv:1807.10221; mmseg {@code UPerHead}): pyramid pooling on the coarsest map, a feature pyramid from
 * coarse to fine, all levels joined at the finest resolution.
 */
final class UperNetHead {
    private static final int[] POOL_SCALES = {1, 2, 3, 6};

    private final List<ConvolutionNormRelu> pooled = new ArrayList<>();
    private final ConvolutionNormRelu bottleneck;
    private final List<ConvolutionNormRelu> lateral = new ArrayList<>();
    private final List<ConvolutionNormRelu> smooth = new ArrayList<>();
    private final ConvolutionNormRelu join;
    private final Convolution classes;

    UperNetHead(Layout layout, String prefix, int width, int channels, int classCount) {
        classes = classifier(layout, prefix + "conv_seg", channels, classCount);
        for (int i = 0; i < POOL_SCALES.length; i++) {
            pooled.add(ConvolutionNormRelu.create(layout, prefix + "psp_modules." + i + ".1", width, channels, 1));
        }
        bottleneck = ConvolutionNormRelu.create(
                layout, prefix + "bottleneck", width + POOL_SCALES.length * channels, channels, 3);
        for (int i = 0; i < 3; i++) {
            lateral.add(ConvolutionNormRelu.create(layout, prefix + "lateral_convs." + i, width, channels, 1));
        }
        for (int i = 0; i < 3; i++) {
            smooth.add(ConvolutionNormRelu.create(layout, prefix + "fpn_convs." + i, channels, channels, 3));
        }
        join = ConvolutionNormRelu.create(layout, prefix + "fpn_bottleneck", 4 * channels, channels, 3);
    }

    /** The last layer of an mmseg head: a 1x1 convolution starting from a normal of deviation 0.01. */
    static Convolution classifier(Layout layout, String prefix, int channels, int classCount) {
        return new Convolution(
                layout.parameter(prefix + ".weight", new Initialiser.Normal(0.01), classCount, channels, 1, 1),
                layout.parameter(prefix + ".bias", Initialiser.ZEROS, classCount),
                1,
                0);
    }

    /**
     * Class logits at the resolution of the finest map.
     *
     * @param maps four maps, the finest first
     * @param dropout in front of the last convolution, in training
     */
    Tensor apply(List<Tensor> maps, @Nullable ChannelDropout dropout) {
        List<Tensor> levels = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            levels.add(lateral.get(i).apply(maps.get(i)));
        }
        levels.add(poolPyramid(maps.get(3)));
        for (int i = 3; i > 0; i--) {
            levels.set(i - 1, Elements.add(levels.get(i - 1), resizeTo(levels.get(i), levels.get(i - 1))));
        }
        Tensor[] joined = new Tensor[4];
        for (int i = 0; i < 3; i++) {
            joined[i] = smooth.get(i).apply(levels.get(i));
        }
        joined[3] = levels.get(3);
        for (int i = 1; i < 4; i++) {
            joined[i] = resizeTo(joined[i], joined[0]);
        }
        Tensor features = join.apply(Tokens.concatenate(joined));
        return classes.apply(dropout == null ? features : dropout.apply(features));
    }

    private Tensor poolPyramid(Tensor coarsest) {
        Tensor[] parts = new Tensor[POOL_SCALES.length + 1];
        parts[0] = coarsest;
        for (int i = 0; i < POOL_SCALES.length; i++) {
            parts[i + 1] = resizeTo(pooled.get(i).apply(Images.averagePool(coarsest, POOL_SCALES[i])), coarsest);
        }
        return bottleneck.apply(Tokens.concatenate(parts));
    }

    private static Tensor resizeTo(Tensor x, Tensor like) {
        return Images.upsampleBilinear(x, like.shape().extent(1), like.shape().extent(2), false);
    }
}
