package beits.segmentation;

import beits.autograd.Elements;
import beits.autograd.Layout;
import beits.autograd.Products.Activation;
import beits.autograd.Tensor;
import beits.kernel.UnaryFunction;
import beits.nn.BatchNorm;
import beits.nn.Convolution;

/**
 * Convolution without bias, batch norm, ReLU (mmseg {@code ConvModule}); the map keeps its size.
 *
 * @param convolution the convolution
 * @param norm the normalisation
 */
record ConvolutionNormRelu(Convolution convolution, BatchNorm norm) {
    /** A module named {@code prefix.conv} and {@code prefix.bn}. */
    static ConvolutionNormRelu create(Layout layout, String prefix, int in, int out, int kernel) {
        return new ConvolutionNormRelu(
                Convolution.create(layout, prefix + ".conv", in, out, kernel, 1, kernel / 2, false),
                BatchNorm.create(layout, prefix + ".bn", out));
    }

    Tensor apply(Tensor x) {
        return Elements.map(UnaryFunction.RELU, norm.apply(convolution.apply(x, Activation.NONE)));
    }
}
