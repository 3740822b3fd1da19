package beits.autograd;

import beits.autograd.Products.Activation;
import beits.kernel.AveragePool;
import beits.kernel.AveragePoolBackward;
import beits.kernel.ColumnSum;
import beits.kernel.Convolution;
import beits.kernel.ConvolutionInputBackward;
import beits.kernel.ConvolutionWeightBackward;
import beits.kernel.Epilogue;
import beits.kernel.ImageToColumns;
import beits.kernel.MatMul;
import beits.kernel.MaxPool;
import beits.kernel.MaxPoolBackward;
import beits.kernel.UnaryBackward;
import beits.kernel.UnaryFunction;
import beits.kernel.UpsampleBilinear;
import beits.kernel.UpsampleBilinearBackward;
import beits.kernel.UpsampleNearest;
import beits.kernel.UpsampleNearestBackward;
import beits.kernel.Window;
import beits.kernel.WindowProduct;
import beits.tensor.Slot;
import org.jspecify.annotations.Nullable;

/**
 * Operations on feature maps [batch, height, width, channels]. Convolutions are matrix products over unfolded windows; the
 * backward pass unfolds once more instead of keeping the unfolded matrix.
 */
public final class Images {
    private Images() {}

    /**
     * Convolution {@code y = f(unfold(x)·Wᵀ + bias)}; with h the argument of f and dh = dy·f'(h): dx = fold(dh·W),
     * dW = dhᵀ·unfold(x), dBias = Σ dh.
     *
     * @param x [batch, height, width, in], or [batch, in, height, width] when {@code channelsFirst}
     * @param weight [out, in, kernelHeight, kernelWidth]
     * @param bias [out], or none
     * @param stride step of the window
     * @param padding zero pixels around the picture
     * @param activation NONE or RELU (which needs a bias)
     * @param channelsFirst layout of {@code x}
     * @return [batch, outHeight, outWidth, out]
     */
    public static Tensor convolution(
            Tensor x,
            Tensor weight,
            @Nullable Tensor bias,
            int stride,
            int padding,
            Activation activation,
            boolean channelsFirst) {
        if (activation == Activation.GELU) {
            throw new IllegalArgumentException("a convolution has no GELU epilogue");
        }
        Graph graph = x.graph();
        int out = weight.shape().extent(0);
        Window window = new Window(
                x.shape().extent(0),
                weight.shape().extent(1),
                x.shape().extent(channelsFirst ? 2 : 1),
                x.shape().extent(channelsFirst ? 3 : 2),
                weight.shape().extent(2),
                weight.shape().extent(3),
                stride,
                padding);
        Slot w = weight.slot().reshape(out, window.columns());
        Slot y = graph.allocate(window.batch(), window.outHeight(), window.outWidth(), out);
        boolean relu = activation == Activation.RELU;
        Epilogue epilogue = Epilogue.NONE;
        if (bias != null) {
            epilogue = relu ? new Epilogue.BiasRelu(bias.slot()) : new Epilogue.Bias(bias.slot());
        } else if (relu) {
            throw new IllegalArgumentException("a convolution with an activation needs a bias");
        }
        boolean pieces = cutsPieces(window);
        Slot unfolded = pieces ? unfold(graph, x.slot(), window, channelsFirst) : x.slot();
        graph.emit(
                pieces
                        ? new MatMul(unfolded, w, y, false, true, false, epilogue)
                        : new Convolution(x.slot(), w, y, WindowProduct.room(window), window, channelsFirst, epilogue));
        Tensor result = graph.result(y, x.differentiable() || weight.differentiable());
        graph.record(result, (gradients, dy) -> {
            Slot dh = dy;
            if (relu) {
                dh = graph.allocate(y.shape());
                graph.emit(new UnaryBackward(UnaryFunction.RELU, y, dy, dh));
            }
            if (bias != null && gradients.wanted(bias)) {
                Gradients.Destination d = gradients.into(bias);
                graph.emit(new ColumnSum(dh, d.slot(), d.accumulate()));
            }
            if (gradients.wanted(weight)) {
                Gradients.Destination d = gradients.into(weight);
                Slot dWeight = d.slot().reshape(out, window.columns());
                graph.emit(
                        pieces
                                ? new MatMul(
                                        dh,
                                        unfold(graph, x.slot(), window, channelsFirst),
                                        dWeight,
                                        true,
                                        false,
                                        d.accumulate(),
                                        Epilogue.NONE)
                                : new ConvolutionWeightBackward(
                                        x.slot(),
                                        dh,
                                        dWeight,
                                        WindowProduct.room(window),
                                        window,
                                        channelsFirst,
                                        d.accumulate()));
            }
            if (gradients.wanted(x)) {
                if (pieces && pointwise(window, channelsFirst)) {
                    Gradients.Destination d = gradients.into(x);
                    graph.emit(new MatMul(dh, w, d.slot(), false, false, d.accumulate(), Epilogue.NONE));
                } else {
                    Slot dx = gradients.fresh(x);
                    graph.emit(
                            new ConvolutionInputBackward(dh, w, dx, WindowProduct.room(window), window, channelsFirst));
                    gradients.pass(x, dx);
                }
            }
        });
        return result;
    }

    /** Whether the windows cut the picture into pieces that do not overlap: patches, or single pixels. */
    private static boolean cutsPieces(Window window) {
        return window.padding() == 0
                && window.stride() == window.kernelHeight()
                && window.stride() == window.kernelWidth();
    }

    private static boolean pointwise(Window window, boolean channelsFirst) {
        return !channelsFirst && window.columns() == window.channels();
    }

    /** The unfolded picture; the picture itself where the two are the same. */
    private static Slot unfold(Graph graph, Slot x, Window window, boolean channelsFirst) {
        if (pointwise(window, channelsFirst)) {
            return x;
        }
        Slot columns = graph.allocate(window.rows(), window.columns());
        graph.emit(new ImageToColumns(x, columns, window, channelsFirst));
        return columns;
    }

    /**
     * Transposed convolution {@code y = fold(x·W) + bias}; dx = unfold(dy)·Wᵀ, dW = xᵀ·unfold(dy), dBias = Σ dy.
     *
     * @param x [batch, height, width, in]
     * @param weight [in, out, kernelHeight, kernelWidth]
     * @param bias [out], or none
     * @param stride step of the window in the result
     * @param padding pixels cut off around the result
     * @return [batch, (height − 1)·stride − 2·padding + kernelHeight, ..., out]
     */
    public static Tensor transposedConvolution(
            Tensor x, Tensor weight, @Nullable Tensor bias, int stride, int padding) {
        Graph graph = x.graph();
        int in = weight.shape().extent(0);
        int out = weight.shape().extent(1);
        int kernelHeight = weight.shape().extent(2);
        int kernelWidth = weight.shape().extent(3);
        int height = (x.shape().extent(1) - 1) * stride - 2 * padding + kernelHeight;
        int width = (x.shape().extent(2) - 1) * stride - 2 * padding + kernelWidth;
        Window window = new Window(x.shape().extent(0), out, height, width, kernelHeight, kernelWidth, stride, padding);
        Slot w = weight.slot().reshape(in, window.columns());
        Slot y = graph.allocate(window.batch(), height, width, out);
        graph.emit(new ConvolutionInputBackward(x.slot(), w, y, WindowProduct.room(window), window, false));
        Tensor folded = graph.result(y, x.differentiable() || weight.differentiable());
        graph.record(folded, (gradients, dy) -> {
            if (gradients.wanted(weight)) {
                Gradients.Destination d = gradients.into(weight);
                Slot dWeight = d.slot().reshape(in, window.columns());
                graph.emit(new ConvolutionWeightBackward(
                        dy, x.slot(), dWeight, WindowProduct.room(window), window, false, d.accumulate()));
            }
            if (gradients.wanted(x)) {
                Slot dx = gradients.fresh(x);
                graph.emit(new Convolution(dy, w, dx, WindowProduct.room(window), window, false, Epilogue.NONE));
                gradients.pass(x, dx);
            }
        });
        return bias == null ? folded : Elements.addRowVector(folded, bias);
    }

    /** Largest value of each window of {@code size}² pixels with stride {@code size}. */
    public static Tensor maxPool(Tensor x, int size) {
        Graph graph = x.graph();
        Window window = new Window(
                x.shape().extent(0),
                x.shape().columns(),
                x.shape().extent(1),
                x.shape().extent(2),
                size,
                size,
                size,
                0);
        Slot y = graph.allocate(window.batch(), window.outHeight(), window.outWidth(), window.channels());
        graph.emit(new MaxPool(x.slot(), y, window));
        Tensor result = graph.result(y, x.differentiable());
        graph.record(result, (gradients, dy) -> {
            Slot dx = gradients.fresh(x);
            graph.emit(new MaxPoolBackward(x.slot(), dy, dx, window));
            gradients.pass(x, dx);
        });
        return result;
    }

    /** Adaptive average pooling to {@code size}² cells. */
    public static Tensor averagePool(Tensor x, int size) {
        Graph graph = x.graph();
        Slot y = graph.allocate(x.shape().extent(0), size, size, x.shape().columns());
        graph.emit(new AveragePool(x.slot(), y));
        Tensor result = graph.result(y, x.differentiable());
        graph.record(result, (gradients, dy) -> {
            Slot dx = gradients.fresh(x);
            graph.emit(new AveragePoolBackward(dy, dx));
            gradients.pass(x, dx);
        });
        return result;
    }

    /** Repeats every pixel {@code factor} times along both axes. */
    public static Tensor upsampleNearest(Tensor x, int factor) {
        Graph graph = x.graph();
        Slot y = graph.allocate(
                x.shape().extent(0),
                x.shape().extent(1) * factor,
                x.shape().extent(2) * factor,
                x.shape().columns());
        graph.emit(new UpsampleNearest(x.slot(), y, factor));
        Tensor result = graph.result(y, x.differentiable());
        graph.record(result, (gradients, dy) -> {
            Slot dx = gradients.fresh(x);
            graph.emit(new UpsampleNearestBackward(dy, dx, factor));
            gradients.pass(x, dx);
        });
        return result;
    }

    /** Bilinear resizing to {@code height} x {@code width} pixels. */
    public static Tensor upsampleBilinear(Tensor x, int height, int width, boolean alignCorners) {
        Graph graph = x.graph();
        Slot y = graph.allocate(x.shape().extent(0), height, width, x.shape().columns());
        graph.emit(new UpsampleBilinear(x.slot(), y, alignCorners));
        Tensor result = graph.result(y, x.differentiable());
        graph.record(result, (gradients, dy) -> {
            Slot dx = gradients.fresh(x);
            graph.emit(new UpsampleBilinearBackward(dy, dx, alignCorners));
            gradients.pass(x, dx);
        });
        return result;
    }
}
