package beits.autograd;

import beits.kernel.AddRowVector;
import beits.kernel.Binary;
import beits.kernel.BinaryOperation;
import beits.kernel.ColumnSum;
import beits.kernel.Scale;
import beits.kernel.ScaleBy;
import beits.kernel.ScaledResidual;
import beits.kernel.ScaledResidualBackward;
import beits.kernel.Softmax;
import beits.kernel.SoftmaxBackward;
import beits.kernel.Unary;
import beits.kernel.UnaryBackward;
import beits.kernel.UnaryFunction;
import beits.tensor.Slot;
import org.jspecify.annotations.Nullable;

/** Operations on every element or every row. */
public final class Elements {
    private Elements() {}

    /** {@code y = f(x)}; dx = dy·f'(x). */
    public static Tensor map(UnaryFunction function, Tensor x) {
        Graph graph = x.graph();
        Slot y = graph.allocate(x.shape());
        graph.emit(new Unary(function, x.slot(), y));
        Tensor result = graph.result(y, x.differentiable());
        graph.record(result, (gradients, dy) -> {
            Slot dx = gradients.fresh(x);
            graph.emit(new UnaryBackward(function, x.slot(), dy, dx));
            gradients.pass(x, dx);
        });
        return result;
    }

    /** {@code y = a + b}; da = dy, db = dy. */
    public static Tensor add(Tensor a, Tensor b) {
        Graph graph = a.graph();
        Slot y = graph.allocate(a.shape());
        graph.emit(new Binary(BinaryOperation.ADD, a.slot(), b.slot(), y));
        Tensor result = graph.result(y, a.differentiable() || b.differentiable());
        graph.record(result, (gradients, dy) -> {
            gradients.pass(a, dy);
            gradients.pass(b, dy);
        });
        return result;
    }

    /** {@code y = a · b}; da = dy·b, db = dy·a. */
    public static Tensor multiply(Tensor a, Tensor b) {
        Graph graph = a.graph();
        Slot y = graph.allocate(a.shape());
        graph.emit(new Binary(BinaryOperation.MULTIPLY, a.slot(), b.slot(), y));
        Tensor result = graph.result(y, a.differentiable() || b.differentiable());
        graph.record(result, (gradients, dy) -> {
            if (gradients.wanted(a)) {
                Slot da = gradients.fresh(a);
                graph.emit(new Binary(BinaryOperation.MULTIPLY, dy, b.slot(), da));
                gradients.pass(a, da);
            }
            if (gradients.wanted(b)) {
                Slot db = gradients.fresh(b);
                graph.emit(new Binary(BinaryOperation.MULTIPLY, dy, a.slot(), db));
                gradients.pass(b, db);
            }
        });
        return result;
    }

    /** {@code y = factor · x}; dx = factor · dy. */
    public static Tensor scale(Tensor x, double factor) {
        Graph graph = x.graph();
        Slot y = graph.allocate(x.shape());
        graph.emit(new Scale(x.slot(), y, factor));
        Tensor result = graph.result(y, x.differentiable());
        graph.record(result, (gradients, dy) -> {
            Slot dx = gradients.fresh(x);
            graph.emit(new Scale(dy, dx, factor));
            gradients.pass(x, dx);
        });
        return result;
    }

    /** {@code y = factor[0] · x} with a factor that the host writes; dx = factor[0] · dy. */
    public static Tensor scaleBy(Tensor x, Tensor factor) {
        Graph graph = x.graph();
        Slot y = graph.allocate(x.shape());
        graph.emit(new ScaleBy(x.slot(), factor.slot(), y));
        Tensor result = graph.result(y, x.differentiable());
        graph.record(result, (gradients, dy) -> {
            Slot dx = gradients.fresh(x);
            graph.emit(new ScaleBy(dy, factor.slot(), dx));
            gradients.pass(x, dx);
        });
        return result;
    }

    /** {@code y[r,c] = x[r,c] + vector[c]}; dx = dy, dVector = Σ_rows dy. */
    public static Tensor addRowVector(Tensor x, Tensor vector) {
        Graph graph = x.graph();
        Slot y = graph.allocate(x.shape());
        graph.emit(new AddRowVector(x.slot(), vector.slot(), y));
        Tensor result = graph.result(y, x.differentiable() || vector.differentiable());
        graph.record(result, (gradients, dy) -> {
            if (gradients.wanted(vector)) {
                Gradients.Destination d = gradients.into(vector);
                graph.emit(new ColumnSum(dy, d.slot(), d.accumulate()));
            }
            gradients.pass(x, dy);
        });
        return result;
    }

    /**
     * {@code y = x + keep·gamma·branch} (LayerScale and drop path); dx = dy, the rest in {@link ScaledResidualBackward}.
     *
     * @param x [batch, tokens, columns]
     * @param branch same shape
     * @param gamma LayerScale [columns], or none
     * @param keep drop path factors [batch], or none
     */
    public static Tensor scaledResidual(Tensor x, Tensor branch, @Nullable Tensor gamma, @Nullable Tensor keep) {
        Graph graph = x.graph();
        @Nullable Slot g = gamma == null ? null : gamma.slot();
        @Nullable Slot k = keep == null ? null : keep.slot();
        Slot y = graph.allocate(x.shape());
        graph.emit(new ScaledResidual(x.slot(), branch.slot(), g, k, y));
        Tensor result = graph.result(y, x.differentiable() || branch.differentiable());
        graph.record(result, (gradients, dy) -> {
            if (g == null && k == null) {
                gradients.pass(branch, dy);
            } else if (gamma == null) {
                Slot dBranch = gradients.fresh(branch);
                graph.emit(new ScaledResidualBackward(dy, branch.slot(), null, k, dBranch, null, false));
                gradients.pass(branch, dBranch);
            } else {
                Slot dBranch = gradients.fresh(branch);
                Gradients.Destination d = gradients.into(gamma);
                graph.emit(new ScaledResidualBackward(dy, branch.slot(), g, k, dBranch, d.slot(), d.accumulate()));
                gradients.pass(branch, dBranch);
            }
            gradients.pass(x, dy);
        });
        return result;
    }

    /** Softmax over the last axis; dx = y·(dy − Σ dy·y). */
    public static Tensor softmax(Tensor x) {
        Graph graph = x.graph();
        Slot y = graph.allocate(x.shape());
        graph.emit(new Softmax(x.slot(), y));
        Tensor result = graph.result(y, x.differentiable());
        graph.record(result, (gradients, dy) -> {
            Slot dx = gradients.fresh(x);
            graph.emit(new SoftmaxBackward(y, dy, dx));
            gradients.pass(x, dx);
        });
        return result;
    }

    /** The values of {@code hard} with the gradient of {@code soft}: dSoft = dy (straight-through estimator). */
    public static Tensor straightThrough(Tensor hard, Tensor soft) {
        Graph graph = hard.graph();
        Tensor result = graph.result(hard.slot(), soft.differentiable());
        graph.record(result, (gradients, dy) -> gradients.pass(soft, dy));
        return result;
    }
}
