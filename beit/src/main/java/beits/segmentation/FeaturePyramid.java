package beits.segmentation;

import beits.autograd.Elements;
import beits.autograd.Images;
import beits.autograd.Layout;
import beits.autograd.Tensor;
import beits.autograd.Tokens;
import beits.kernel.UnaryFunction;
import beits.model.BeitConfig;
import beits.nn.BatchNorm;
import beits.nn.TransposedConvolution;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Four feature maps of falling resolution from four blocks (official {@code semantic_segmentation/backbone/beit.py}). Patch size
 * 16: x4 by two transposed convolutions, x2 by one, x1, half by max-pooling. Patch size 8: x2, x1, half, a quarter.
 */
final class FeaturePyramid {
    private final BeitConfig config;
    private final TransposedConvolution first;
    private final @Nullable BatchNorm norm;
    private final @Nullable TransposedConvolution second;
    private final @Nullable TransposedConvolution half;

    FeaturePyramid(Layout layout, String prefix, BeitConfig config) {
        this.config = config;
        int width = config.width();
        boolean coarse = config.patchSize() == 16;
        first = TransposedConvolution.create(layout, prefix + "fpn1.0", width, width, 2, 2, 0);
        norm = coarse ? BatchNorm.create(layout, prefix + "fpn1.1", width) : null;
        second = coarse ? TransposedConvolution.create(layout, prefix + "fpn1.3", width, width, 2, 2, 0) : null;
        half = coarse ? TransposedConvolution.create(layout, prefix + "fpn2.0", width, width, 2, 2, 0) : null;
    }

    /**
     * The maps.
     *
     * @param blocks outputs of four blocks [batch, tokens, width], the class token first
     * @return four maps [batch, height, width, channels], the finest first
     */
    List<Tensor> apply(List<Tensor> blocks) {
        List<Tensor> maps = new ArrayList<>();
        for (Tensor block : blocks) {
            maps.add(Tokens.slice(block, 1, config.patches())
                    .reshape(block.shape().extent(0), config.gridHeight(), config.gridWidth(), config.width()));
        }
        Tensor finest = first.apply(maps.get(0));
        if (norm == null || second == null || half == null) {
            return List.of(finest, maps.get(1), Images.maxPool(maps.get(2), 2), Images.maxPool(maps.get(3), 4));
        }
        return List.of(
                second.apply(Elements.map(UnaryFunction.GELU, norm.apply(finest))),
                half.apply(maps.get(1)),
                maps.get(2),
                Images.maxPool(maps.get(3), 2));
    }
}
