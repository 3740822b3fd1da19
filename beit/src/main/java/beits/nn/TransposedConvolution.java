package beits.nn;

import beits.autograd.Graph;
import beits.autograd.Images;
import beits.autograd.Initialiser;
import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.autograd.Tensor;

/**
 * Transposed convolution over feature maps [batch, height, width, channels].
 *
 * @param weight [in, out, kernel, kernel]
 * @param bias [out]
 * @param stride step of the window in the result
 * @param padding pixels cut off around the result
 */
public record TransposedConvolution(Parameter weight, Parameter bias, int stride, int padding) {
    /** A layer named {@code prefix.weight} and {@code prefix.bias} with PyTorch's default initialisation. */
    public static TransposedConvolution create(
            Layout layout, String prefix, int in, int out, int kernel, int stride, int padding) {
        Initialiser uniform = new Initialiser.Uniform(1 / Math.sqrt((double) out * kernel * kernel));
        return new TransposedConvolution(
                layout.parameter(prefix + ".weight", uniform, in, out, kernel, kernel),
                layout.parameter(prefix + ".bias", uniform, out),
                stride,
                padding);
    }

    /** Applies the layer. */
    public Tensor apply(Tensor x) {
        Graph graph = x.graph();
        return Images.transposedConvolution(x, graph.parameter(weight), graph.parameter(bias), stride, padding);
    }
}
