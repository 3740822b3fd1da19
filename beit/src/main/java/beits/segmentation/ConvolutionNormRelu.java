package beits.segmentation;

import beits.autograd.Elements;
import beits.autograd.Initialiser;
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
    /** A module named {@code prefix.conv} and {@code prefix.bn}; the convolution starts as mmcv's {@code kaiming_init} has it. */
    static ConvolutionNormRelu create(Layout layout, String prefix, int in, int out, int kernel) {
        Initialiser kaiming = new Initialiser.Normal(Math.sqrt(2.0 / ((double) out * kernel * kernel)));
        return new ConvolutionNormRelu(
                new Convolution(
                        layout.parameter(prefix + ".conv.weight", kaiming, out, in, kernel, kernel),
                        null,
                        1,
                        kernel / 2),
                BatchNorm.create(layout, prefix + ".bn", out));
    }

    Tensor apply(Tensor x) {
        return Elements.map(UnaryFunction.RELU, norm.apply(convolution.apply(x, Activation.NONE)));
    }
}
