package beits.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import beits.kernel.ArgMaxRows;
import beits.kernel.Kernel;
import beits.kernel.Scale;
import beits.tensor.Arena;
import beits.tensor.Shape;
import beits.tensor.Slot;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KernelAgreementTest {
    private static final Slot X = new Slot(Arena.ACTIVATIONS, 0, Shape.of(2, 3));
    private static final Slot INDEX = new Slot(Arena.INDEXES, 0, Shape.of(2));
    private static final double[] EXPECTED = {1, -4, 2, 0, 3, 1};

    private static double judge(boolean guardsIntact, double... actual) {
        return KernelAgreement.judge(
                of(new Scale(X, X, 2)),
                "wrong",
                new KernelCase.Outcome(List.of(actual), List.of(new int[0]), guardsIntact),
                new KernelCase.Outcome(List.of(EXPECTED), List.of(new int[0]), true),
                1e-3);
    }

    private static KernelCase of(Kernel kernel) {
        return new KernelCase("case", kernel, Map.of(), Map.of(), kernel.writes(), List.of());
    }

    @Test
    void theErrorIsRelativeToTheLargestValue() {
        assertThat(judge(true, 1, -4, 2, 0.002, 3, 1)).isCloseTo(0.0005, within(1e-12));
    }

    @Test
    void theWorstPlaceIsNamed() {
        assertThatThrownBy(() -> judge(true, 1, -4, 2, 0.003, 4, 1))
                .isInstanceOf(AssertionError.class)
                .hasMessage("Scale case on wrong, output activations@0[2x3]: element 4 (row 1, column 1) is 4.00000000,"
                        + " reference 3.00000000: error 0.250 of scale 4.00, tolerance 0.00100");
    }

    @Test
    void aMissingNumberIsWrong() {
        assertThatThrownBy(() -> judge(true, 1, -4, 2, 0, Double.NaN, 1)).hasMessageContaining("element 4");
    }

    @Test
    void strayWritesAreWrong() {
        assertThatThrownBy(() -> judge(false, EXPECTED)).hasMessageContaining("wrote outside its outputs");
    }

    @Test
    void integersAreEqual() {
        KernelCase argMax = of(new ArgMaxRows(X, INDEX));
        KernelCase.Outcome right = new KernelCase.Outcome(List.of(new double[0]), List.of(new int[] {2, 1}), true);
        KernelCase.Outcome wrong = new KernelCase.Outcome(List.of(new double[0]), List.of(new int[] {2, 0}), true);
        assertThat(KernelAgreement.judge(argMax, "same", right, right, 0)).isZero();
        assertThatThrownBy(() -> KernelAgreement.judge(argMax, "wrong", wrong, right, 0))
                .hasMessageEndingWith("element 1 is 0, reference 1");
    }
}
