package beits.autograd;

import beits.kernel.CrossEntropy;
import beits.kernel.CrossEntropyBackward;
import beits.kernel.Distance;
import beits.kernel.RegressionLoss;
import beits.kernel.RegressionLossBackward;
import beits.kernel.SoftCrossEntropy;
import beits.kernel.SoftCrossEntropyBackward;
import beits.kernel.UniformKl;
import beits.kernel.UniformKlBackward;
import beits.tensor.Slot;
import org.jspecify.annotations.Nullable;

/** Losses: scalars [1] that a backward pass can start from. */
public final class Losses {
    private Losses() {}

    /**
     * A classification loss.
     *
     * @param loss mean loss [1]
     * @param hits rows whose largest logit is at the label [1]
     */
    public record Classified(Tensor loss, Tensor hits) {}

    /**
     * Mean cross-entropy against class numbers; formulas in {@link CrossEntropy}.
     *
     * @param logits [..., classes], read as rows
     * @param labels integers [rows]; negative ones weigh nothing
     * @param count integer [1], rows in use, or none for all
     * @param smoothing share of the target spread over all classes
     */
    public static Classified crossEntropy(Tensor logits, Slot labels, @Nullable Slot count, double smoothing) {
        Graph graph = logits.graph();
        Slot lse = graph.allocate(logits.shape().rows(), 2);
        Slot loss = graph.allocate(1);
        Slot hits = graph.allocate(1);
        graph.emit(new CrossEntropy(logits.slot(), labels, count, smoothing, lse, loss, hits));
        Tensor result = graph.result(loss, logits.differentiable());
        graph.record(result, (gradients, dLoss) -> {
            Slot dLogits = gradients.fresh(logits);
            graph.emit(new CrossEntropyBackward(logits.slot(), labels, count, smoothing, lse, dLoss, dLogits));
            gradients.pass(logits, dLogits);
        });
        return new Classified(result, graph.result(hits, false));
    }

    /**
     * Mean cross-entropy against distributions; formulas in {@link SoftCrossEntropy}.
     *
     * @param logits [rows, classes]
     * @param targets [rows, classes]
     */
    public static Classified softCrossEntropy(Tensor logits, Tensor targets) {
        Graph graph = logits.graph();
        Slot lse = graph.allocate(logits.shape().rows(), 2);
        Slot loss = graph.allocate(1);
        Slot hits = graph.allocate(1);
        graph.emit(new SoftCrossEntropy(logits.slot(), targets.slot(), lse, loss, hits));
        Tensor result = graph.result(loss, logits.differentiable());
        graph.record(result, (gradients, dLoss) -> {
            Slot dLogits = gradients.fresh(logits);
            graph.emit(new SoftCrossEntropyBackward(logits.slot(), targets.slot(), lse, dLoss, dLogits));
            gradients.pass(logits, dLogits);
        });
        return new Classified(result, graph.result(hits, false));
    }

    /** Mean distance of {@code x} from {@code target}; the gradient flows into x only. */
    public static Tensor regression(Distance distance, Tensor x, Tensor target) {
        Graph graph = x.graph();
        Slot loss = graph.allocate(1);
        graph.emit(new RegressionLoss(distance, x.slot(), target.slot(), loss));
        Tensor result = graph.result(loss, x.differentiable());
        graph.record(result, (gradients, dLoss) -> {
            Slot dx = gradients.fresh(x);
            graph.emit(new RegressionLossBackward(distance, x.slot(), target.slot(), dLoss, dx));
            gradients.pass(x, dx);
        });
        return result;
    }

    /** Divergence of the rows of {@code q} from the uniform distribution, summed; formulas in {@link UniformKl}. */
    public static Tensor uniformKl(Tensor q) {
        Graph graph = q.graph();
        Slot loss = graph.allocate(1);
        graph.emit(new UniformKl(q.slot(), loss));
        Tensor result = graph.result(loss, q.differentiable());
        graph.record(result, (gradients, dLoss) -> {
            Slot dq = gradients.fresh(q);
            graph.emit(new UniformKlBackward(q.slot(), dLoss, dq));
            gradients.pass(q, dq);
        });
        return result;
    }
}
