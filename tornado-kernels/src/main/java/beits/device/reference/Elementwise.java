package beits.device.reference;

import beits.kernel.Binary;
import beits.kernel.Fill;
import beits.kernel.Scale;
import beits.kernel.ScaleBy;
import beits.kernel.ScaledResidual;
import beits.kernel.ScaledResidualBackward;
import beits.kernel.Unary;
import beits.kernel.UnaryBackward;
import beits.kernel.UnaryFunction;
import java.util.stream.IntStream;
import org.apache.commons.math3.special.Erf;
import org.jspecify.annotations.Nullable;

/** What happens to each element by itself. */
final class Elementwise {
    private Elementwise() {}

    /** {@code x·Φ(x)}. */
    static double gelu(double x) {
        return x * normalDistribution(x);
    }

    /** Φ; through erfc, which keeps its digits where Φ is small. */
    private static double normalDistribution(double x) {
        return 0.5 * Erf.erfc(-x / Math.sqrt(2));
    }

    private static double normalDensity(double x) {
        return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double value(UnaryFunction function, double x) {
        return switch (function) {
            case GELU -> gelu(x);
            case RELU -> Math.max(x, 0);
            case SIGMOID -> sigmoid(x);
            case TANH -> Math.tanh(x);
        };
    }

    private static double derivative(UnaryFunction function, double x) {
        return switch (function) {
            case GELU -> normalDistribution(x) + x * normalDensity(x);
            case RELU -> x > 0 ? 1 : 0;
            case SIGMOID -> sigmoid(x) * (1 - sigmoid(x));
            case TANH -> 1 - Math.tanh(x) * Math.tanh(x);
        };
    }

    static void unary(Unary k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles y = memory.floats(k.y());
        IntStream.range(0, x.size()).parallel().forEach(i -> y.set(i, value(k.function(), x.get(i))));
    }

    static void unaryBackward(UnaryBackward k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles dy = memory.floats(k.dy());
        Doubles dx = memory.floats(k.dx());
        IntStream.range(0, x.size()).parallel().forEach(i -> dx.set(i, dy.get(i) * derivative(k.function(), x.get(i))));
    }

    static void binary(Binary k, Memory memory) {
        Doubles a = memory.floats(k.a());
        Doubles b = memory.floats(k.b());
        Doubles out = memory.floats(k.out());
        for (int i = 0; i < a.size(); i++) {
            out.set(
                    i,
                    switch (k.operation()) {
                        case ADD -> a.get(i) + b.get(i);
                        case SUBTRACT -> a.get(i) - b.get(i);
                        case MULTIPLY -> a.get(i) * b.get(i);
                    });
        }
    }

    static void scale(Scale k, Memory memory) {
        multiply(memory.floats(k.x()), k.factor(), memory.floats(k.y()));
    }

    static void scaleBy(ScaleBy k, Memory memory) {
        multiply(memory.floats(k.x()), memory.floats(k.factor()).get(0), memory.floats(k.y()));
    }

    private static void multiply(Doubles x, double factor, Doubles y) {
        for (int i = 0; i < x.size(); i++) {
            y.set(i, factor * x.get(i));
        }
    }

    static void fill(Fill k, Memory memory) {
        memory.floats(k.out()).fill(k.value());
    }

    static void scaledResidual(ScaledResidual k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles branch = memory.floats(k.branch());
        @Nullable Doubles gamma = memory.floatsOrNone(k.gamma());
        @Nullable Doubles keep = memory.floatsOrNone(k.keep());
        Doubles out = memory.floats(k.out());
        int columns = k.x().shape().columns();
        int picture = k.x().shape().extent(1) * columns;
        for (int i = 0; i < x.size(); i++) {
            out.set(i, x.get(i) + orOne(keep, i / picture) * orOne(gamma, i % columns) * branch.get(i));
        }
    }

    static void scaledResidualBackward(ScaledResidualBackward k, Memory memory) {
        Doubles dOut = memory.floats(k.dOut());
        Doubles branch = memory.floats(k.branch());
        @Nullable Doubles gamma = memory.floatsOrNone(k.gamma());
        @Nullable Doubles keep = memory.floatsOrNone(k.keep());
        Doubles dBranch = memory.floats(k.dBranch());
        @Nullable Doubles dGamma = memory.floatsOrNone(k.dGamma());
        int columns = k.dOut().shape().columns();
        int picture = k.dOut().shape().extent(1) * columns;
        double[] sums = new double[columns];
        for (int i = 0; i < dOut.size(); i++) {
            sums[i % columns] += orOne(keep, i / picture) * branch.get(i) * dOut.get(i);
            dBranch.set(i, orOne(keep, i / picture) * orOne(gamma, i % columns) * dOut.get(i));
        }
        if (dGamma != null) {
            dGamma.store(sums, k.accumulateGamma());
        }
    }

    private static double orOne(@Nullable Doubles factor, int i) {
        return factor == null ? 1 : factor.get(i);
    }
}
