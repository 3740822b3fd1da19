package beits.autograd;

import beits.kernel.BatchNorm;
import beits.kernel.BatchNormBackward;
import beits.kernel.BatchNormInference;
import beits.kernel.LayerNorm;
import beits.kernel.LayerNormBackward;
import beits.tensor.Slot;

/** Normalisations. */
public final class Norms {
    private Norms() {}

    /**
     * Layer normalisation over the last axis; the gradient is in {@link LayerNormBackward}.
     *
     * @param x [..., columns]
     * @param gamma [columns]
     * @param beta [columns]
     * @param epsilon added to the variance
     */
    public static Tensor layerNorm(Tensor x, Tensor gamma, Tensor beta, double epsilon) {
        Graph graph = x.graph();
        int rows = x.shape().rows();
        Slot y = graph.allocate(x.shape());
        Slot mean = graph.allocate(rows);
        Slot rstd = graph.allocate(rows);
        graph.emit(new LayerNorm(x.slot(), gamma.slot(), beta.slot(), y, mean, rstd, epsilon));
        Tensor result = graph.result(y, x.differentiable() || gamma.differentiable());
        graph.record(result, (gradients, dy) -> {
            Gradients.Destination dGamma = gradients.into(gamma);
            Gradients.Destination dBeta = gradients.into(beta);
            Gradients.Destination dx = gradients.wanted(x)
                    ? gradients.into(x)
                    : new Gradients.Destination(graph.allocate(x.shape()), false);
            graph.emit(new LayerNormBackward(
                    x.slot(),
                    gamma.slot(),
                    mean,
                    rstd,
                    dy,
                    dx.slot(),
                    dGamma.slot(),
                    dBeta.slot(),
                    dx.accumulate(),
                    dGamma.accumulate()));
        });
        return result;
    }

    /**
     * Batch normalisation over all rows: batch statistics in a training graph, running ones otherwise.
     *
     * @param x [..., channels]
     * @param gamma [channels]
     * @param beta [channels]
     * @param runningMean [channels]
     * @param runningVariance [channels]
     * @param momentum weight of a batch in the running statistics
     * @param epsilon added to the variance
     */
    public static Tensor batchNorm(
            Tensor x,
            Tensor gamma,
            Tensor beta,
            Slot runningMean,
            Slot runningVariance,
            double momentum,
            double epsilon) {
        Graph graph = x.graph();
        Slot y = graph.allocate(x.shape());
        if (!graph.training()) {
            graph.emit(new BatchNormInference(
                    x.slot(), gamma.slot(), beta.slot(), runningMean, runningVariance, y, epsilon));
            return graph.result(y, false);
        }
        Slot mean = graph.allocate(x.shape().columns());
        Slot rstd = graph.allocate(x.shape().columns());
        graph.emit(new BatchNorm(
                x.slot(), gamma.slot(), beta.slot(), y, mean, rstd, runningMean, runningVariance, momentum, epsilon));
        Tensor result = graph.result(y, true);
        graph.record(result, (gradients, dy) -> {
            Gradients.Destination dGamma = gradients.into(gamma);
            Gradients.Destination dBeta = gradients.into(beta);
            Slot dx = gradients.fresh(x);
            graph.emit(new BatchNormBackward(
                    x.slot(), gamma.slot(), mean, rstd, dy, dx, dGamma.slot(), dBeta.slot(), dGamma.accumulate()));
            gradients.pass(x, dx);
        });
        return result;
    }
}
