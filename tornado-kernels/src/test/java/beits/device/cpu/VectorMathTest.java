package beits.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;

class VectorMathTest {

    @Test
    void expIsWithinTwoUlp() {
        relative(VectorMath::exp, Math::exp, -87, 88, 2.4e-7);
        assertThat(VectorMath.exp(Lanes.zero()).lane(0)).isEqualTo(1f);
        assertThat(VectorMath.exp(Lanes.all(Float.NEGATIVE_INFINITY)).lane(0)).isBetween(0f, 1.3e-38f);
        assertThat(VectorMath.exp(Lanes.all(Float.NaN)).lane(0)).isNaN();
    }

    @Test
    void erfKeepsItsBound() {
        absolute(VectorMath::erf, Erf::erf, -6, 6, 3.4e-7);
        absolute(VectorMath::normal, x -> 0.5 * Erf.erfc(-x / Math.sqrt(2)), -9, 9, 2e-7);
    }

    @Test
    void tanhLogAndSigmoidAgreeWithDoublePrecision() {
        relative(VectorMath::tanh, Math::tanh, -12, 12, 3e-7);
        relative(VectorMath::tanh, Math::tanh, -1e-3, 1e-3, 3e-7);
        relative(VectorMath::log, Math::log, 1e-10, 0.9, 3e-7);
        relative(VectorMath::log, Math::log, 1.1, 1e6, 3e-7);
        relative(VectorMath::sigmoid, x -> 1 / (1 + Math.exp(-x)), -30, 30, 4e-7);
    }

    @Test
    void aSumOfLanesHasOneOrder() {
        float[] values = new float[Lanes.COUNT];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.exp(i * 1.37 % 5);
        }
        FloatVector vector = Lanes.load(values, 0);
        float first = Lanes.sum(vector);
        for (int i = 0; i < 20_000; i++) {
            assertThat(Float.floatToIntBits(Lanes.sum(vector))).isEqualTo(Float.floatToIntBits(first));
        }
    }

    private static void relative(
            UnaryOperator<FloatVector> f, DoubleUnaryOperator exact, double from, double to, double bound) {
        each(f, from, to, (x, y) -> {
            double expected = exact.applyAsDouble(x);
            assertThat(y).as("at %s", x).isCloseTo(expected, within(bound * Math.abs(expected) + 1e-37));
        });
    }

    private static void absolute(
            UnaryOperator<FloatVector> f, DoubleUnaryOperator exact, double from, double to, double bound) {
        each(f, from, to, (x, y) -> assertThat(y).as("at %s", x).isCloseTo(exact.applyAsDouble(x), within(bound)));
    }

    private interface Check {
        void of(double x, double y);
    }

    private static void each(UnaryOperator<FloatVector> f, double from, double to, Check check) {
        int steps = 1021;
        for (int i = 0; i <= steps; i++) {
            float x = (float) (from + (to - from) * i / steps);
            check.of(x, f.apply(Lanes.all(x)).lane(Lanes.COUNT - 1));
        }
    }
}
