package beits.device;

import beits.kernel.AddRowVector;
import beits.kernel.ColumnSum;
import beits.kernel.Epilogue;
import beits.kernel.MatMul;
import beits.kernel.Transpose;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;

/** Matrix products and what goes with them. */
final class LinearAlgebraCases {
    private static final int[][] PRODUCTS = {
        {1, 1, 1}, {7, 13, 31}, {1, 1021, 7}, {31, 1, 13}, {12, 32, 64}, {13, 33, 129}, {197, 64, 65}, {5, 7, 1021}
    };
    private static final int[][] MATRICES = {{1, 1}, {7, 13}, {1, 197}, {197, 1}, {31, 1021}, {64, 64}};

    private LinearAlgebraCases() {}

    static List<KernelCase> all() {
        List<KernelCase> cases = new ArrayList<>();
        int kind = 0;
        for (int[] mnk : PRODUCTS) {
            for (int transposes = 0; transposes < 4; transposes++) {
                cases.add(matMul(mnk, transposes, kind++ % 5, 0));
            }
        }
        for (int transposes = 0; transposes < 4; transposes++) {
            for (int k = 0; k < 5; k++) {
                cases.add(matMul(new int[] {67, 131, 97}, transposes, k, 0));
            }
            cases.add(matMul(new int[] {13, 37, 19}, transposes, transposes, 3));
        }
        // Long sums with a small result are cut, and each part of them once more.
        cases.add(matMul(new int[] {12, 32, 1024}, 1, 0, 0));
        cases.add(matMul(new int[] {131, 7, 1500}, 1, 0, 3));
        cases.add(matMul(new int[] {29, 41, 2011}, 1, 1, 0));
        // Small right factors in several blocks, of sums or of columns: each thread packs each block for itself.
        for (int transposes = 0; transposes < 4; transposes += 2) {
            cases.add(matMul(new int[] {197, 9, 1700}, transposes, 1, 0));
            cases.add(matMul(new int[] {193, 3100, 5}, transposes, 2, 0));
        }
        for (int[] rc : MATRICES) {
            String name = rc[0] + "x" + rc[1];
            for (boolean accumulate : new boolean[] {false, true}) {
                CaseData d = new CaseData("column sum " + name + (accumulate ? " accumulate" : ""));
                cases.add(d.of(new ColumnSum(d.activation(rc[0], rc[1]), d.gradient(accumulate, rc[1]), accumulate)));
            }
            CaseData d = new CaseData("add row vector " + name);
            cases.add(d.of(new AddRowVector(d.activation(rc[0], rc[1]), d.parameter(rc[1]), d.output(rc[0], rc[1]))));
            CaseData same = new CaseData("add row vector in place " + name);
            Slot x = same.activation(rc[0], rc[1]);
            cases.add(same.of(new AddRowVector(x, same.parameter(rc[1]), x)));
            CaseData t = new CaseData("transpose 3x" + name);
            cases.add(t.of(new Transpose(t.activation(3, rc[0], rc[1]), t.output(3, rc[1], rc[0]))));
        }
        return cases;
    }

    /** @param kind plain, accumulating, bias, bias + ReLU, bias + GELU */
    private static KernelCase matMul(int[] mnk, int transposes, int kind, int misalignment) {
        int m = mnk[0];
        int n = mnk[1];
        int k = mnk[2];
        boolean transposeA = (transposes & 1) != 0;
        boolean transposeB = (transposes & 2) != 0;
        CaseData d = new CaseData(
                "%dx%dx%d kind %d transposes %d offset %d".formatted(m, n, k, kind, transposes, misalignment),
                misalignment);
        Slot a = transposeA ? d.activation(k, m) : d.activation(m, k);
        Slot b = transposeB ? d.parameter(n, k) : d.parameter(k, n);
        Slot c = kind == 1 ? d.activation(m, n) : d.output(m, n);
        Epilogue epilogue = switch (kind) {
            case 2 -> new Epilogue.Bias(d.parameter(n));
            case 3 -> new Epilogue.BiasRelu(d.parameter(n));
            case 4 -> new Epilogue.BiasGelu(d.parameter(n), d.unset(Arena.ACTIVATIONS, m, n));
            default -> Epilogue.NONE;
        };
        return d.of(new MatMul(a, b, c, transposeA, transposeB, kind == 1, epilogue));
    }
}
