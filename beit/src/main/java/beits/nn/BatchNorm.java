package beits.nn;

import beits.autograd.Graph;
import beits.autograd.Initialiser;
import beits.autograd.Layout;
import beits.autograd.Norms;
import beits.autograd.Parameter;
import beits.autograd.Tensor;
import beits.tensor.Slot;

/**
 * Batch normalisation of feature maps, with PyTorch's momentum 0.1 and epsilon 1e-5.
 *
 * @param weight [channels]
 * @param bias [channels]
 * @param runningMean [channels]
 * @param runningVariance [channels]
 */
public record BatchNorm(Parameter weight, Parameter bias, Slot runningMean, Slot runningVariance) {
    /** A layer named {@code prefix.weight}, {@code .bias}, {@code .running_mean}, {@code .running_var}. */
    public static BatchNorm create(Layout layout, String prefix, int channels) {
        return new BatchNorm(
                layout.parameter(prefix + ".weight", Initialiser.ONES, channels),
                layout.parameter(prefix + ".bias", Initialiser.ZEROS, channels),
                layout.state(prefix + ".running_mean", 0, channels),
                layout.state(prefix + ".running_var", 1, channels));
    }

    /** [..., channels] to the same shape. */
    public Tensor apply(Tensor x) {
        Graph graph = x.graph();
        return Norms.batchNorm(
                x, graph.parameter(weight), graph.parameter(bias), runningMean, runningVariance, 0.1, 1e-5);
    }
}
