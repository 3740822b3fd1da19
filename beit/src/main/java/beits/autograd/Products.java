package beits.autograd;

import beits.kernel.ColumnSum;
import beits.kernel.Epilogue;
import beits.kernel.MatMul;
import beits.kernel.Unary;
import beits.kernel.UnaryBackward;
import beits.kernel.UnaryFunction;
import beits.tensor.Shape;
import beits.tensor.Slot;
import org.jspecify.annotations.Nullable;

/** Matrix products and linear layers. */
public final class Products {
    private Products() {}

    /** What follows a linear layer within the same pass over memory. */
    public enum Activation {
        NONE,
        RELU,
        GELU
    }

    /**
     * Linear layer: {@code y = f(x·Wᵀ + bias)}; with h = x·Wᵀ + bias and dh = dy·f'(h): dx = dh·W, dW = dhᵀ·x, dBias = Σ_rows dh.
     *
     * @param x [..., in]
     * @param weight [out, in], or any shape of that size whose first extent is out
     * @param bias [out], or none
     * @param activation f; anything but NONE needs a bias
     * @return [..., out]
     */
    public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation activation) {
        Graph graph = x.graph();
        int in = x.shape().columns();
        int out = weight.shape().extent(0);
        Slot w = weight.slot().reshape(out, in);
        int[] extents = x.shape().extents();
        extents[extents.length - 1] = out;
        Slot y = graph.allocate(Shape.of(extents));
        @Nullable Slot h = null;
        Epilogue epilogue = Epilogue.NONE;
        if (bias != null) {
            switch (activation) {
                case NONE -> epilogue = new Epilogue.Bias(bias.slot());
                case RELU -> {
                    epilogue = new Epilogue.BiasRelu(bias.slot());
                    h = y;
                }
                case GELU -> {
                    if (graph.training()) {
                        h = graph.allocate(y.shape());
                        epilogue = new Epilogue.BiasGelu(bias.slot(), h);
                        graph.forget(y, new Unary(UnaryFunction.GELU, h, y));
                    } else {
                        epilogue = new Epilogue.Bias(bias.slot());
                    }
                }
            }
        } else if (activation != Activation.NONE) {
            throw new IllegalArgumentException("a linear layer with an activation needs a bias");
        }
        graph.emit(new MatMul(x.slot(), w, y, false, true, false, epilogue));
        if (activation == Activation.GELU && !graph.training()) {
            graph.emit(new Unary(UnaryFunction.GELU, y, y));
        }
        boolean differentiable =
                x.differentiable() || weight.differentiable() || (bias != null && bias.differentiable());
        Tensor result = graph.result(y, differentiable);
        Slot input = h;
        graph.record(result, (gradients, dy) -> {
            Slot dh = dy;
            if (input != null) {
                dh = graph.allocate(y.shape());
                UnaryFunction f = activation == Activation.GELU ? UnaryFunction.GELU : UnaryFunction.RELU;
                graph.emit(new UnaryBackward(f, input, dy, dh));
            }
            if (gradients.wanted(weight)) {
                Gradients.Destination d = gradients.into(weight);
                graph.emit(new MatMul(
                        dh, x.slot(), d.slot().reshape(out, in), true, false, d.accumulate(), Epilogue.NONE));
            }
            if (bias != null && gradients.wanted(bias)) {
                Gradients.Destination d = gradients.into(bias);
                graph.emit(new ColumnSum(dh, d.slot(), d.accumulate()));
            }
            if (gradients.wanted(x)) {
                Gradients.Destination d = gradients.into(x);
                graph.emit(new MatMul(dh, w, d.slot(), false, false, d.accumulate(), Epilogue.NONE));
            }
        });
        return result;
    }

    /** Linear layer without activation. */
    public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
        return linear(x, weight, bias, Activation.NONE);
    }

    /**
     * Product {@code y = a·b}; da = dy·bᵀ, db = aᵀ·dy.
     *
     * @param a [..., k]
     * @param b [k, n]
     * @return [..., n]
     */
    public static Tensor matmul(Tensor a, Tensor b) {
        Graph graph = a.graph();
        int[] extents = a.shape().extents();
        extents[extents.length - 1] = b.shape().columns();
        Slot y = graph.allocate(Shape.of(extents));
        graph.emit(new MatMul(a.slot(), b.slot(), y, false, false, false, Epilogue.NONE));
        Tensor result = graph.result(y, a.differentiable() || b.differentiable());
        graph.record(result, (gradients, dy) -> {
            if (gradients.wanted(b)) {
                Gradients.Destination d = gradients.into(b);
                graph.emit(new MatMul(a.slot(), dy, d.slot(), true, false, d.accumulate(), Epilogue.NONE));
            }
            if (gradients.wanted(a)) {
                Gradients.Destination d = gradients.into(a);
                graph.emit(new MatMul(dy, b.slot(), d.slot(), false, true, d.accumulate(), Epilogue.NONE));
            }
        });
        return result;
    }
}
