package beits.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import beits.autograd.Products.Activation;
import beits.kernel.Distance;
import beits.kernel.UnaryFunction;
import beits.tensor.Arena;
import beits.tensor.Slot;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every operation's gradient against central differences in double precision. */
class GradientsTest {
    private static final double TOLERANCE = 1e-7;

    private final GradientCheck check = new GradientCheck(11);

    @ParameterizedTest
    @EnumSource(Activation.class)
    void linear(Activation activation) {
        check.parameter(2, 3, 5);
        check.parameter(7, 5);
        check.parameter(7);
        check.check((g, p) -> Products.linear(p.get(0), p.get(1), p.get(2), activation), TOLERANCE);
    }

    @Test
    void chainOfLayersWithGelu() {
        check.parameter(4, 5);
        check.parameter(5, 5);
        check.parameter(5);
        check.check(
                (g, p) -> {
                    Tensor once = Products.linear(p.get(0), p.get(1), p.get(2), Activation.GELU);
                    Tensor twice = Products.linear(once, p.get(1), p.get(2), Activation.GELU);
                    return Elements.multiply(Products.linear(twice, p.get(1), p.get(2), Activation.GELU), once);
                },
                TOLERANCE);
    }

    /** The backward pass makes a GELU's output again from its input, which is kept for the gradient. */
    @Test
    void outputsOfGeluAreNotKept() {
        int layers = 16;
        int rows = 64;
        int width = 16;
        Layout layout = new Layout();
        Graph graph = new Graph("chain", true);
        Tensor x = graph.parameter(layout.parameter("x", Initialiser.ZEROS, rows, width));
        for (int i = 0; i < layers; i++) {
            Parameter weight = layout.parameter("weight" + i, Initialiser.ZEROS, width, width);
            Parameter bias = layout.parameter("bias" + i, Initialiser.ZEROS, width);
            x = Products.linear(x, graph.parameter(weight), graph.parameter(bias), Activation.GELU);
        }
        Slot target = layout.input(rows, width);
        graph.backward(Losses.regression(Distance.SQUARED, x, graph.constant(target)), 1, false);

        long inputs = (long) layers * rows * width;
        assertThat(graph.build().size(Arena.ACTIVATIONS)).isBetween(inputs, inputs * 3 / 2);
    }

    @Test
    void linearWithoutBias() {
        check.parameter(3, 5);
        check.parameter(2, 5);
        check.check((g, p) -> Products.linear(p.get(0), p.get(1), null), TOLERANCE);
    }

    @Test
    void matmul() {
        check.parameter(3, 4);
        check.parameter(4, 5);
        check.check((g, p) -> Products.matmul(p.get(0), p.get(1)), TOLERANCE);
    }

    @ParameterizedTest
    @EnumSource(UnaryFunction.class)
    void unary(UnaryFunction function) {
        check.parameter(13);
        check.check((g, p) -> Elements.map(function, p.get(0)), TOLERANCE);
    }

    @Test
    void sumsProductsAndScales() {
        check.parameter(3, 5);
        check.parameter(3, 5);
        check.parameter(5);
        Slot factor = check.input(1);
        check.check(
                (g, p) -> {
                    Tensor product = Elements.multiply(p.get(0), Elements.scale(p.get(1), 1.5));
                    Tensor sum = Elements.add(product, Elements.scaleBy(p.get(0), g.constant(factor)));
                    return Elements.addRowVector(sum, p.get(2));
                },
                TOLERANCE);
    }

    @Test
    void aTensorUsedTwiceCollectsBothGradients() {
        check.parameter(4, 3);
        check.check(
                (g, p) -> {
                    Tensor x = Elements.scale(p.getFirst(), 2);
                    return Elements.add(Elements.multiply(x, x), Elements.add(x, x));
                },
                TOLERANCE);
    }

    @Test
    void aGradientThatTwoTensorsShareIsNotOverwritten() {
        // The sum hands one gradient to x and to b; b's own operation runs after x's gradient has been added to.
        check.parameter(3, 4);
        check.parameter(4);
        check.parameter(4);
        check.check(
                (g, p) -> {
                    Tensor x = Elements.scale(p.get(0), 1.5);
                    Tensor b = Elements.scale(x, 0.5);
                    Tensor n = Norms.layerNorm(x, p.get(1), p.get(2), 1e-6);
                    Tensor sum = Elements.add(x, b);
                    return Elements.add(sum, n);
                },
                TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void scaledResidual(boolean scaled, boolean dropped) {
        check.parameter(2, 3, 5);
        check.parameter(2, 3, 5);
        if (scaled) {
            check.parameter(5);
        }
        Slot keep = check.input(2);
        check.check(
                (g, p) -> Elements.scaledResidual(
                        p.get(0), p.get(1), scaled ? p.get(2) : null, dropped ? g.constant(keep) : null),
                TOLERANCE);
    }

    @Test
    void softmax() {
        check.parameter(3, 7);
        check.check((g, p) -> Elements.softmax(p.getFirst()), TOLERANCE);
    }

    @Test
    void layerNorm() {
        check.parameter(3, 7);
        check.parameter(7);
        check.parameter(7);
        check.check((g, p) -> Norms.layerNorm(p.get(0), p.get(1), p.get(2), 1e-6), TOLERANCE);
    }

    @Test
    void batchNorm() {
        check.parameter(2, 3, 2, 5);
        check.parameter(5);
        check.parameter(5);
        Layout statistics = new Layout();
        Slot mean = statistics.state("mean", 0, 5);
        Slot variance = statistics.state("variance", 1, 5);
        check.check((g, p) -> Norms.batchNorm(p.get(0), p.get(1), p.get(2), mean, variance, 0.1, 1e-5), TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void attention(boolean biased) {
        check.parameter(2, 5, 3 * 2 * 3);
        if (biased) {
            check.parameter(2, 5, 5);
        }
        check.check(
                (g, p) -> Attentions.attention(p.get(0), 2, biased ? p.get(1) : null, false)
                        .out(),
                TOLERANCE);
    }

    @Test
    void relativePositionBias() {
        check.parameter(5 * 3 + 3, 2);
        check.check((g, p) -> Attentions.relativePositionBias(p.getFirst(), 3, 2), TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void embed(boolean masked, boolean positioned) {
        check.parameter(2, 3, 4);
        check.parameter(1, 1, 4);
        if (masked) {
            check.parameter(1, 1, 4);
        }
        if (positioned) {
            check.parameter(1, 4, 4);
        }
        @Nullable Slot mask = masked ? check.indexes(0, 1, 0, 1, 1, 0).reshape(2, 3) : null;
        check.check(
                (g, p) -> Tokens.embed(
                        p.get(0), mask, masked ? p.get(2) : null, p.get(1), positioned ? p.getLast() : null),
                TOLERANCE);
    }

    @Test
    void gatherWithCount() {
        check.parameter(6, 3);
        Slot index = check.indexes(4, 1, 2, 0);
        Slot count = check.indexes(3);
        check.check((g, p) -> Tokens.gather(p.getFirst(), index, count), TOLERANCE);
    }

    @Test
    void meanAndSliceOfTokens() {
        check.parameter(2, 4, 3);
        check.check(
                (g, p) -> Elements.add(
                        Tokens.mean(p.getFirst(), 1),
                        Tokens.slice(p.getFirst(), 2, 1).reshape(2, 3)),
                TOLERANCE);
    }

    @Test
    void concatenateAndTranspose() {
        check.parameter(2, 3, 2);
        check.parameter(2, 3, 5);
        check.check((g, p) -> Tokens.transpose(Tokens.concatenate(p.get(0), p.get(1))), TOLERANCE);
    }

    @Test
    void queryValueBias() {
        check.parameter(4);
        check.parameter(4);
        check.check((g, p) -> Tokens.queryValueBias(p.get(0), p.get(1)), TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({"3,1,1,NONE", "3,2,1,RELU", "1,1,0,RELU", "4,2,1,NONE", "2,2,0,NONE"})
    void convolution(int kernel, int stride, int padding, Activation activation) {
        check.parameter(2, 6, 4, 3);
        check.parameter(5, 3, kernel, kernel);
        check.parameter(5);
        check.check(
                (g, p) -> Images.convolution(p.get(0), p.get(1), p.get(2), stride, padding, activation, false),
                TOLERANCE);
    }

    @Test
    void convolutionOfPictures() {
        check.parameter(2, 3, 6, 4);
        check.parameter(5, 3, 2, 2);
        check.check((g, p) -> Images.convolution(p.get(0), p.get(1), null, 2, 0, Activation.NONE, true), TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({"4,2,1", "2,2,0", "3,1,1"})
    void transposedConvolution(int kernel, int stride, int padding) {
        check.parameter(2, 3, 2, 3);
        check.parameter(3, 4, kernel, kernel);
        check.parameter(4);
        check.check((g, p) -> Images.transposedConvolution(p.get(0), p.get(1), p.get(2), stride, padding), TOLERANCE);
    }

    @Test
    void poolingAndUpsampling() {
        check.parameter(2, 4, 6, 3);
        check.check(
                (g, p) -> Images.upsampleNearest(Images.maxPool(Images.averagePool(p.getFirst(), 4), 2), 3), TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void upsampleBilinear(boolean alignCorners) {
        check.parameter(1, 3, 2, 2);
        check.check((g, p) -> Images.upsampleBilinear(p.getFirst(), 7, 5, alignCorners), TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1})
    void crossEntropyWithIgnoredAndUnusedRows(double smoothing) {
        check.parameter(5, 4);
        Slot labels = check.indexes(2, -1, 0, 3, 1);
        Slot count = check.indexes(4);
        check.checkLoss(
                (g, p) -> Losses.crossEntropy(p.getFirst(), labels, count, smoothing)
                        .loss(),
                TOLERANCE);
    }

    @Test
    void softCrossEntropy() {
        check.parameter(3, 4);
        Slot targets = check.input(3, 4);
        check.checkLoss(
                (g, p) -> Losses.softCrossEntropy(p.getFirst(), g.constant(targets))
                        .loss(),
                TOLERANCE);
    }

    @Test
    void smoothL1AndUniformKl() {
        check.parameter(3, 4);
        Slot target = check.input(3, 4);
        check.checkLoss(
                (g, p) -> Elements.add(
                        Losses.regression(Distance.SMOOTH_L1, Elements.scale(p.getFirst(), 2), g.constant(target)),
                        Losses.uniformKl(Elements.softmax(p.getFirst()))),
                TOLERANCE);
    }

    @Test
    void straightThroughPassesTheGradientOn() {
        Layout layout = new Layout();
        Parameter parameter = layout.parameter("p", Initialiser.ZEROS, 3);
        Slot hard = layout.input(3);
        Graph graph = new Graph("straight through", true);
        Tensor soft = Elements.scale(graph.parameter(parameter), 1);
        Tensor out = Elements.straightThrough(graph.constant(hard), soft);
        assertThat(out.slot()).isEqualTo(hard);
        assertThat(out.differentiable()).isTrue();
    }
}
