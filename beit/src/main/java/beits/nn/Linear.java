package beits.nn;

import beits.autograd.Graph;
import beits.autograd.Initialiser;
import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.autograd.Products;
import beits.autograd.Products.Activation;
import beits.autograd.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Linear layer with PyTorch's weight [out, in].
 *
 * @param weight [out, in]
 * @param bias [out], or none
 */
public record Linear(Parameter weight, @Nullable Parameter bias) {
    /** A layer named {@code prefix.weight} and {@code prefix.bias}, the bias starting at 0. */
    public static Linear create(Layout layout, String prefix, int in, int out, boolean bias, Initialiser initialiser) {
        return new Linear(
                layout.parameter(prefix + ".weight", initialiser, out, in),
                bias ? layout.parameter(prefix + ".bias", Initialiser.ZEROS, out) : null);
    }

    /** [..., in] to [..., out]. */
    public Tensor apply(Tensor x, Activation activation) {
        Graph graph = x.graph();
        return Products.linear(x, graph.parameter(weight), bias == null ? null : graph.parameter(bias), activation);
    }

    /** [..., in] to [..., out] without activation. */
    public Tensor apply(Tensor x) {
        return apply(x, Activation.NONE);
    }
}
