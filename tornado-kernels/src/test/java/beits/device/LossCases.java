package beits.device;

import beits.kernel.CrossEntropy;
import beits.kernel.CrossEntropyBackward;
import beits.kernel.Distance;
import beits.kernel.RegressionLoss;
import beits.kernel.RegressionLossBackward;
import beits.kernel.SoftCrossEntropy;
import beits.kernel.SoftCrossEntropyBackward;
import beits.kernel.Softmax;
import beits.kernel.SoftmaxBackward;
import beits.kernel.UniformKl;
import beits.kernel.UniformKlBackward;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Softmax and the losses. */
final class LossCases {
    private static final int[][] MATRICES = {{1, 1}, {1, 7}, {13, 31}, {31, 2}, {7, 1021}, {197, 64}};

    private LossCases() {}

    static List<KernelCase> all() {
        List<KernelCase> cases = new ArrayList<>();
        for (int[] rc : MATRICES) {
            int rows = rc[0];
            int columns = rc[1];
            String size = rows + "x" + columns;
            softmax(cases, rows, columns, size);
            for (double smoothing : new double[] {0, 0.1}) {
                crossEntropy(cases, rows, columns, smoothing, -1);
            }
            crossEntropy(cases, rows, columns, 0.1, 0);
            crossEntropy(cases, rows, columns, 0, (rows + 1) / 2);
            crossEntropy(cases, rows, columns, 0.1, rows);
            softCrossEntropy(cases, rows, columns, size);
            for (Distance distance : Distance.values()) {
                CaseData d = new CaseData("%s %s".formatted(distance, size));
                cases.add(d.of(new RegressionLoss(
                        distance,
                        d.values(Arena.ACTIVATIONS, u -> 2 * u, rows, columns),
                        d.input(rows, columns),
                        d.output(1))));
                CaseData b = new CaseData("%s backward %s".formatted(distance, size));
                cases.add(b.of(new RegressionLossBackward(
                        distance,
                        b.values(Arena.ACTIVATIONS, u -> 2 * u, rows, columns),
                        b.input(rows, columns),
                        b.activation(1),
                        b.output(rows, columns))));
            }
            CaseData kl = new CaseData("uniform kl " + size);
            cases.add(kl.of(new UniformKl(
                    kl.values(Arena.ACTIVATIONS, u -> u < -0.9 ? 0 : (1 + u) / columns, rows, columns), kl.output(1))));
            CaseData dkl = new CaseData("uniform kl backward " + size);
            cases.add(dkl.of(new UniformKlBackward(
                    dkl.values(Arena.ACTIVATIONS, u -> u < -0.9 ? 0 : (1 + u) / columns, rows, columns),
                    dkl.activation(1),
                    dkl.output(rows, columns))));
        }
        return cases;
    }

    private static void softmax(List<KernelCase> cases, int rows, int columns, String size) {
        CaseData d = new CaseData("softmax " + size);
        cases.add(d.of(new Softmax(d.values(Arena.ACTIVATIONS, u -> 5 * u, rows, columns), d.output(rows, columns))));
        CaseData far = new CaseData("softmax in place, far from zero " + size);
        Slot x = far.values(Arena.ACTIVATIONS, u -> 1000 + 80 * u, rows, columns);
        cases.add(far.of(new Softmax(x, x)));
        CaseData b = new CaseData("softmax backward " + size);
        cases.add(b.of(new SoftmaxBackward(
                b.values(Arena.ACTIVATIONS, u -> (1 + u) / columns, rows, columns),
                b.activation(rows, columns),
                b.output(rows, columns))));
        CaseData same = new CaseData("softmax backward in place " + size);
        Slot dy = same.activation(rows, columns);
        cases.add(same.of(
                new SoftmaxBackward(same.values(Arena.ACTIVATIONS, u -> (1 + u) / columns, rows, columns), dy, dy)));
    }

    /** Quarters, so that some rows have equal largest logits. */
    private static Slot logits(CaseData d, int rows, int columns) {
        return d.values(Arena.ACTIVATIONS, u -> Math.rint(16 * u) / 4, rows, columns);
    }

    /** @param count rows in use, or −1 for no count */
    private static void crossEntropy(List<KernelCase> cases, int rows, int columns, double smoothing, int count) {
        String name = "%dx%d smoothing %s count %d".formatted(rows, columns, smoothing, count);
        CaseData d = new CaseData("cross-entropy " + name);
        @Nullable Slot n = count < 0 ? null : d.integers(count);
        Slot lse = d.output(rows, 2);
        CrossEntropy forward = new CrossEntropy(
                logits(d, rows, columns),
                d.integersBetween(-1, columns, rows),
                n,
                smoothing,
                lse,
                d.output(1),
                d.output(1));
        int defined = count < 0 ? rows : count;
        cases.add(d.of(forward, List.of(lse.part(0, defined, 2), forward.loss(), forward.hits())));
        for (boolean inPlace : new boolean[] {false, true}) {
            CaseData b = new CaseData("cross-entropy backward " + name + (inPlace ? " in place" : ""));
            @Nullable Slot bn = count < 0 ? null : b.integers(count);
            Slot x = logits(b, rows, columns);
            cases.add(b.of(new CrossEntropyBackward(
                    x,
                    b.integersBetween(-1, columns, rows),
                    bn,
                    smoothing,
                    b.values(Arena.ACTIVATIONS, u -> (3 + Math.log(columns) + u) / 2, rows, 2),
                    b.activation(1),
                    inPlace ? x : b.output(rows, columns))));
        }
    }

    private static void softCrossEntropy(List<KernelCase> cases, int rows, int columns, String size) {
        CaseData d = new CaseData("soft cross-entropy " + size);
        cases.add(d.of(new SoftCrossEntropy(
                logits(d, rows, columns),
                d.values(Arena.INPUTS, u -> (1 + Math.rint(4 * u) / 4) / columns, rows, columns),
                d.output(rows, 2),
                d.output(1),
                d.output(1))));
        CaseData b = new CaseData("soft cross-entropy backward " + size);
        cases.add(b.of(new SoftCrossEntropyBackward(
                logits(b, rows, columns),
                b.values(Arena.INPUTS, u -> (1 + u) / columns, rows, columns),
                b.values(Arena.ACTIVATIONS, u -> (3 + Math.log(columns) + u) / 2, rows, 2),
                b.activation(1),
                b.output(rows, columns))));
    }
}
