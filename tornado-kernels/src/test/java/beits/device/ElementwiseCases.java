package beits.device;

import beits.kernel.Binary;
import beits.kernel.BinaryOperation;
import beits.kernel.Fill;
import beits.kernel.Scale;
import beits.kernel.ScaleBy;
import beits.kernel.ScaledResidual;
import beits.kernel.ScaledResidualBackward;
import beits.kernel.Unary;
import beits.kernel.UnaryBackward;
import beits.kernel.UnaryFunction;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens to each element by itself. */
final class ElementwiseCases {
    private static final int[] SIZES = {1, 7, 16, 197, 1021};
    /** Batch, tokens, columns. */
    private static final int[][] STREAMS = {{1, 1, 1}, {3, 7, 13}, {2, 17, 64}, {5, 1, 31}};

    private ElementwiseCases() {}

    static List<KernelCase> all() {
        List<KernelCase> cases = new ArrayList<>();
        for (int size : SIZES) {
            for (UnaryFunction function : UnaryFunction.values()) {
                cases.add(unary(function, size, 2, 0));
                cases.add(unaryBackward(function, size, 2));
            }
            for (BinaryOperation operation : BinaryOperation.values()) {
                CaseData d = new CaseData("%s %d".formatted(operation, size));
                cases.add(d.of(new Binary(operation, d.activation(size), d.activation(size), d.output(size))));
            }
            CaseData scale = new CaseData("scale " + size);
            cases.add(scale.of(new Scale(scale.activation(size), scale.output(size), -0.37)));
            CaseData scaleBy = new CaseData("scale by " + size);
            cases.add(scaleBy.of(new ScaleBy(scaleBy.activation(size), scaleBy.input(1), scaleBy.output(size))));
            CaseData fill = new CaseData("fill " + size);
            cases.add(fill.of(new Fill(fill.output(size), 0.25)));
        }
        for (UnaryFunction function : UnaryFunction.values()) {
            cases.add(unary(function, 509, 30, 1));
            cases.add(unaryBackward(function, 509, 30));
            CaseData d = new CaseData(function + " in place");
            Slot x = d.activation(37);
            cases.add(d.of(new Unary(function, x, x)));
            CaseData b = new CaseData(function + " backward in place");
            Slot dy = b.activation(37);
            cases.add(b.of(new UnaryBackward(function, b.activation(37), dy, dy)));
        }
        CaseData scale = new CaseData("scale in place");
        Slot x = scale.activation(37);
        cases.add(scale.of(new Scale(x, x, 3)));
        CaseData scaleBy = new CaseData("scale by in place");
        Slot y = scaleBy.activation(37);
        cases.add(scaleBy.of(new ScaleBy(y, scaleBy.input(1), y)));
        CaseData first = new CaseData("binary into a");
        Slot a = first.activation(37);
        cases.add(first.of(new Binary(BinaryOperation.ADD, a, first.activation(37), a)));
        CaseData second = new CaseData("binary into b");
        Slot b = second.activation(37);
        cases.add(second.of(new Binary(BinaryOperation.SUBTRACT, second.activation(37), b, b)));
        for (int[] s : STREAMS) {
            for (int flags = 0; flags < 4; flags++) {
                cases.add(residual(s, (flags & 1) != 0, (flags & 2) != 0, flags == 3));
                cases.add(residualBackward(s, (flags & 1) != 0, (flags & 2) != 0, false));
            }
            cases.add(residualBackward(s, true, true, true));
        }
        return cases;
    }

    /** About every ninth value is exactly 0, where ReLU has its kink. */
    private static double withZeros(double u, double range) {
        return Math.abs(u) < 0.11 ? 0 : range * u;
    }

    private static KernelCase unary(UnaryFunction function, int size, double range, int misalignment) {
        CaseData d = new CaseData("%s %d within %.0f".formatted(function, size, range), misalignment);
        return d.of(new Unary(function, d.values(Arena.ACTIVATIONS, u -> withZeros(u, range), size), d.output(size)));
    }

    private static KernelCase unaryBackward(UnaryFunction function, int size, double range) {
        CaseData d = new CaseData("%s backward %d within %.0f".formatted(function, size, range));
        return d.of(new UnaryBackward(
                function,
                d.values(Arena.ACTIVATIONS, u -> withZeros(u, range), size),
                d.activation(size),
                d.output(size)));
    }

    private static double keepFactor(double u) {
        return u < -0.4 ? 0 : 1 / 0.7;
    }

    private static KernelCase residual(int[] s, boolean withGamma, boolean withKeep, boolean inPlace) {
        CaseData d = new CaseData("residual %dx%dx%d%s%s%s"
                .formatted(
                        s[0],
                        s[1],
                        s[2],
                        withGamma ? " gamma" : "",
                        withKeep ? " keep" : "",
                        inPlace ? " in place" : ""));
        Slot x = d.activation(s);
        @Nullable Slot gamma = withGamma ? d.parameter(s[2]) : null;
        @Nullable Slot keep = withKeep ? d.values(Arena.INPUTS, ElementwiseCases::keepFactor, s[0]) : null;
        return d.of(new ScaledResidual(x, d.activation(s), gamma, keep, inPlace ? x : d.output(s)));
    }

    private static KernelCase residualBackward(int[] s, boolean withGamma, boolean withKeep, boolean accumulate) {
        CaseData d = new CaseData("residual backward %dx%dx%d%s%s%s"
                .formatted(
                        s[0],
                        s[1],
                        s[2],
                        withGamma ? " gamma" : "",
                        withKeep ? " keep" : "",
                        accumulate ? " accumulate" : ""));
        @Nullable Slot gamma = withGamma ? d.parameter(s[2]) : null;
        @Nullable Slot dGamma = withGamma ? d.gradient(accumulate, s[2]) : null;
        @Nullable Slot keep = withKeep ? d.values(Arena.INPUTS, ElementwiseCases::keepFactor, s[0]) : null;
        return d.of(new ScaledResidualBackward(
                d.activation(s), d.activation(s), gamma, keep, d.output(s), dGamma, accumulate));
    }
}
