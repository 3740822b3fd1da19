package beits.device.reference;

import beits.kernel.Attention;
import beits.kernel.AttentionBackward;
import beits.kernel.AveragePool;
import beits.kernel.AveragePoolBackward;
import beits.kernel.BatchNorm;
import beits.kernel.BatchNormBackward;
import beits.kernel.ColumnSum;
import beits.kernel.ColumnsToImage;
import beits.kernel.CrossEntropy;
import beits.kernel.CrossEntropyBackward;
import beits.kernel.Distance;
import beits.kernel.EmbedTokens;
import beits.kernel.EmbedTokensBackward;
import beits.kernel.Epilogue;
import beits.kernel.GatherRows;
import beits.kernel.ImageToColumns;
import beits.kernel.LayerNorm;
import beits.kernel.LayerNormBackward;
import beits.kernel.MatMul;
import beits.kernel.MaxPool;
import beits.kernel.MaxPoolBackward;
import beits.kernel.MeanTokens;
import beits.kernel.MeanTokensBackward;
import beits.kernel.RegressionLoss;
import beits.kernel.RegressionLossBackward;
import beits.kernel.RelativePositionBias;
import beits.kernel.RelativePositionBiasBackward;
import beits.kernel.ScaledResidual;
import beits.kernel.ScaledResidualBackward;
import beits.kernel.ScatterRows;
import beits.kernel.SoftCrossEntropy;
import beits.kernel.SoftCrossEntropyBackward;
import beits.kernel.Softmax;
import beits.kernel.SoftmaxBackward;
import beits.kernel.Unary;
import beits.kernel.UnaryBackward;
import beits.kernel.UnaryFunction;
import beits.kernel.UniformKl;
import beits.kernel.UniformKlBackward;
import beits.kernel.UpsampleBilinear;
import beits.kernel.UpsampleBilinearBackward;
import beits.kernel.UpsampleNearest;
import beits.kernel.UpsampleNearestBackward;
import beits.kernel.Window;
import beits.tensor.Slot;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each backward kernel is the derivative of its forward kernel. */
class GradientsTest {
    private final GradientCheck g = new GradientCheck();

    @Test
    void linearLayerWithGelu() {
        Slot x = g.input(5, 7);
        Slot weight = g.input(3, 7);
        Slot bias = g.input(3);
        Slot input = g.scratch(5, 3);
        Slot dInput = g.scratch(5, 3);
        Slot y = g.output(5, 3);
        g.forward(new MatMul(x, weight, y, false, true, false, new Epilogue.BiasGelu(bias, input)))
                .backward(
                        new UnaryBackward(UnaryFunction.GELU, input, g.d(y), dInput),
                        new MatMul(dInput, weight, g.d(x), false, false, false, Epilogue.NONE),
                        new MatMul(dInput, x, g.d(weight), true, false, false, Epilogue.NONE),
                        new ColumnSum(dInput, g.d(bias), false))
                .check();
    }

    @Test
    void productOfTransposedFactors() {
        Slot a = g.input(4, 5);
        Slot b = g.input(3, 4);
        Slot c = g.output(5, 3);
        g.forward(new MatMul(a, b, c, true, true, false, Epilogue.NONE))
                .backward(
                        new MatMul(b, g.d(c), g.d(a), true, true, false, Epilogue.NONE),
                        new MatMul(g.d(c), a, g.d(b), true, true, false, Epilogue.NONE))
                .check();
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 1", "2, 5, 3, 2", "3, 2, 1, 4"})
    void attention(int batch, int tokens, int heads, int headSize) {
        Slot qkv = g.input(batch, tokens, 3, heads, headSize);
        Slot bias = g.input(heads, tokens, tokens);
        Slot p = g.scratch(batch, heads, tokens, tokens);
        Slot out = g.output(batch, tokens, heads, headSize);
        g.forward(new Attention(qkv, bias, p, out, 0.7))
                .backward(new AttentionBackward(qkv, p, g.d(out), g.d(qkv), g.d(bias), 0.7, false))
                .check();
    }

    @Test
    void relativePositionBias() {
        Slot table = g.input(3 * 5 + 3, 2);
        Slot bias = g.output(2, 7, 7);
        g.forward(new RelativePositionBias(table, bias, 2, 3))
                .backward(new RelativePositionBiasBackward(g.d(bias), g.d(table), 2, 3, false))
                .check();
    }

    @ParameterizedTest
    @CsvSource({"1, 7", "5, 3", "3, 2"})
    void layerNorm(int rows, int columns) {
        Slot x = g.input(rows, columns);
        Slot gamma = g.input(columns);
        Slot beta = g.input(columns);
        Slot mean = g.scratch(rows);
        Slot rstd = g.scratch(rows);
        Slot y = g.output(rows, columns);
        g.forward(new LayerNorm(x, gamma, beta, y, mean, rstd, 1e-2))
                .backward(new LayerNormBackward(
                        x, gamma, mean, rstd, g.d(y), g.d(x), g.d(gamma), g.d(beta), false, false))
                .check();
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "7, 3"})
    void batchNorm(int rows, int columns) {
        Slot x = g.input(rows, columns);
        Slot gamma = g.input(columns);
        Slot beta = g.input(columns);
        Slot mean = g.scratch(columns);
        Slot rstd = g.scratch(columns);
        Slot y = g.output(rows, columns);
        g.forward(new BatchNorm(x, gamma, beta, y, mean, rstd, g.scratch(columns), g.scratch(columns), 0.1, 1e-2))
                .backward(new BatchNormBackward(x, gamma, mean, rstd, g.d(y), g.d(x), g.d(gamma), g.d(beta), false))
                .check();
    }

    @ParameterizedTest
    @EnumSource(UnaryFunction.class)
    void functions(UnaryFunction function) {
        Slot x = g.input(u -> 4 * u, 31);
        Slot y = g.output(31);
        g.forward(new Unary(function, x, y))
                .backward(new UnaryBackward(function, x, g.d(y), g.d(x)))
                .check();
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void scaledResidual(boolean withGamma, boolean withKeep) {
        Slot x = g.constant(u -> u, 2, 3, 5);
        Slot branch = g.input(2, 3, 5);
        Slot out = g.output(2, 3, 5);
        @Nullable Slot gamma = withGamma ? g.input(5) : null;
        @Nullable Slot dGamma = gamma == null ? null : g.d(gamma);
        @Nullable Slot keep = withKeep ? g.constant(u -> 1.5 + u, 2) : null;
        g.forward(new ScaledResidual(x, branch, gamma, keep, out))
                .backward(new ScaledResidualBackward(g.d(out), branch, gamma, keep, g.d(branch), dGamma, false))
                .check();
    }

    @Test
    void softmax() {
        Slot x = g.input(u -> 3 * u, 4, 7);
        Slot y = g.output(4, 7);
        g.forward(new Softmax(x, y))
                .backward(new SoftmaxBackward(y, g.d(y), g.d(x)))
                .check();
    }

    @ParameterizedTest
    @CsvSource({"0, -1", "0.1, -1", "0.1, 0", "0.1, 3", "0, 5"})
    void crossEntropy(double smoothing, int count) {
        Slot logits = g.input(u -> 3 * u, 5, 7);
        Slot labels = g.integers(6, -1, 0, 3, 3);
        @Nullable Slot n = count < 0 ? null : g.integers(count);
        Slot lse = g.scratch(5, 2);
        Slot loss = g.output(1);
        g.forward(new CrossEntropy(logits, labels, n, smoothing, lse, loss, g.scratch(1)))
                .backward(new CrossEntropyBackward(logits, labels, n, smoothing, lse, g.d(loss), g.d(logits)))
                .check();
    }

    @Test
    void softCrossEntropy() {
        Slot logits = g.input(u -> 3 * u, 5, 7);
        Slot targets = g.constant(u -> 1 + u, 5, 7);
        Slot lse = g.scratch(5, 2);
        Slot loss = g.output(1);
        g.forward(new SoftCrossEntropy(logits, targets, lse, loss, g.scratch(1)))
                .backward(new SoftCrossEntropyBackward(logits, targets, lse, g.d(loss), g.d(logits)))
                .check();
    }

    @ParameterizedTest
    @EnumSource(Distance.class)
    void regressionLoss(Distance distance) {
        Slot x = g.input(u -> 2 * u, 31);
        Slot target = g.constant(u -> u, 31);
        Slot loss = g.output(1);
        g.forward(new RegressionLoss(distance, x, target, loss))
                .backward(new RegressionLossBackward(distance, x, target, g.d(loss), g.d(x)))
                .check();
    }

    @Test
    void uniformKl() {
        Slot q = g.input(u -> 0.6 + 0.4 * u, 3, 7);
        Slot loss = g.output(1);
        g.forward(new UniformKl(q, loss))
                .backward(new UniformKlBackward(q, g.d(loss), g.d(q)))
                .check();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 2, 3})
    void gatheredRows(int count) {
        Slot x = g.input(5, 3);
        Slot index = g.integers(4, 0, 2);
        @Nullable Slot n = count < 0 ? null : g.integers(count);
        Slot out = g.output(3, 3);
        g.forward(new GatherRows(x, index, n, out))
                .backward(new ScatterRows(g.d(out), index, n, g.d(x)))
                .check();
    }

    @Test
    void embeddedTokens() {
        Slot patches = g.input(2, 3, 5);
        Slot mask = g.integers(0, 1, 0, 1, 1, 0);
        Slot maskToken = g.input(5);
        Slot classToken = g.input(5);
        Slot positions = g.input(4, 5);
        Slot out = g.output(2, 4, 5);
        g.forward(new EmbedTokens(patches, mask, maskToken, classToken, positions, out))
                .backward(new EmbedTokensBackward(
                        g.d(out), mask, g.d(patches), g.d(maskToken), g.d(classToken), g.d(positions), false))
                .check();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void meanTokens(int first) {
        Slot x = g.input(2, 4, 3);
        Slot out = g.output(2, 3);
        g.forward(new MeanTokens(x, first, out))
                .backward(new MeanTokensBackward(g.d(out), first, g.d(x)))
                .check();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void unfoldedPictures(boolean channelsFirst) {
        Window window = new Window(2, 2, 5, 4, 3, 2, 2, 1);
        Slot x = g.input(2 * 2 * 5 * 4);
        Slot columns = g.output(window.rows(), window.columns());
        g.forward(new ImageToColumns(x, columns, window, channelsFirst))
                .backward(new ColumnsToImage(g.d(columns), g.d(x), window, channelsFirst))
                .check();
    }

    @Test
    void maxPool() {
        Window window = new Window(2, 2, 5, 7, 3, 3, 2, 0);
        Slot x = g.input(2, 5, 7, 2);
        Slot y = g.output(2, 2, 3, 2);
        g.forward(new MaxPool(x, y, window))
                .backward(new MaxPoolBackward(x, g.d(y), g.d(x), window))
                .check();
    }

    @ParameterizedTest
    @CsvSource({"5, 7, 3, 2", "2, 3, 4, 5", "4, 4, 1, 1"})
    void averagePool(int height, int width, int outHeight, int outWidth) {
        Slot x = g.input(2, height, width, 2);
        Slot y = g.output(2, outHeight, outWidth, 2);
        g.forward(new AveragePool(x, y))
                .backward(new AveragePoolBackward(g.d(y), g.d(x)))
                .check();
    }

    @Test
    void upsampleNearest() {
        Slot x = g.input(2, 3, 2, 2);
        Slot y = g.output(2, 9, 6, 2);
        g.forward(new UpsampleNearest(x, y, 3))
                .backward(new UpsampleNearestBackward(g.d(y), g.d(x), 3))
                .check();
    }

    @ParameterizedTest
    @CsvSource({"3, 4, 6, 8, false", "3, 4, 6, 8, true", "5, 5, 2, 3, false", "1, 3, 4, 1, true"})
    void upsampleBilinear(int height, int width, int outHeight, int outWidth, boolean alignCorners) {
        Slot x = g.input(2, height, width, 2);
        Slot y = g.output(2, outHeight, outWidth, 2);
        g.forward(new UpsampleBilinear(x, y, alignCorners))
                .backward(new UpsampleBilinearBackward(g.d(y), g.d(x), alignCorners))
                .check();
    }
}
