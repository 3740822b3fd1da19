package beits.nn;

import beits.autograd.Graph;
import beits.autograd.Initialiser;
import beits.autograd.Layout;
import beits.autograd.Norms;
import beits.autograd.Parameter;
import beits.autograd.Tensor;

/**
 * Layer normalisation over the last axis.
 *
 * @param weight [width]
 * @param bias [width]
 * @param epsilon added to the variance
 */
public record LayerNorm(Parameter weight, Parameter bias, double epsilon) {
    /** A layer named {@code prefix.weight} (ones) and {@code prefix.bias} (zeros). */
    public static LayerNorm create(Layout layout, String prefix, int width, double epsilon) {
        return new LayerNorm(
                layout.parameter(prefix + ".weight", Initialiser.ONES, width),
                layout.parameter(prefix + ".bias", Initialiser.ZEROS, width),
                epsilon);
    }

    /** Same shape as {@code x}. */
    public Tensor apply(Tensor x) {
        Graph graph = x.graph();
        return Norms.layerNorm(x, graph.parameter(weight), graph.parameter(bias), epsilon);
    }
}
