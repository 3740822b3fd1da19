package beits.nn;

import beits.autograd.Graph;
import beits.autograd.Images;
import beits.autograd.Initialiser;
import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.autograd.Products.Activation;
import beits.autograd.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Convolution over feature maps [batch, height, width, channels].
 *
 * @param weight [out, in, kernel, kernel]
 * @param bias [out], or none
 * @param stride step of the window
 * @param padding zero pixels around the map
 */
public record Convolution(Parameter weight, @Nullable Parameter bias, int stride, int padding) {
    /** A layer named {@code prefix.weight} and {@code prefix.bias} with PyTorch's default initialisation. */
    public static Convolution create(
            Layout layout, String prefix, int in, int out, int kernel, int stride, int padding, boolean bias) {
        Initialiser uniform = new Initialiser.Uniform(1 / Math.sqrt((double) in * kernel * kernel));
        return new Convolution(
                layout.parameter(prefix + ".weight", uniform, out, in, kernel, kernel),
                bias ? layout.parameter(prefix + ".bias", uniform, out) : null,
                stride,
                padding);
    }

    /** Applies the layer; RELU needs a bias. */
    public Tensor apply(Tensor x, Activation activation) {
        return apply(x, activation, false);
    }

    /** Applies the layer without activation. */
    public Tensor apply(Tensor x) {
        return apply(x, Activation.NONE, false);
    }

    /** Applies the layer to pictures [batch, channels, height, width]. */
    public Tensor applyToPictures(Tensor x, Activation activation) {
        return apply(x, activation, true);
    }

    private Tensor apply(Tensor x, Activation activation, boolean channelsFirst) {
        Graph graph = x.graph();
        return Images.convolution(
                x,
                graph.parameter(weight),
                bias == null ? null : graph.parameter(bias),
                stride,
                padding,
                activation,
                channelsFirst);
    }
}
