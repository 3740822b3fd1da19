package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Where the sizes of a batch of matrix products stand, and the plain form of them. */
public final class Products {
    /** Rows of the result. */
    public static final int M = 2;

    /** Columns of the result. */
    public static final int N = 3;

    /** Length of the sums. */
    public static final int K = 4;

    /** From one stored row of a to the next. */
    public static final int LDA = 5;

    /** From one stored row of b to the next. */
    public static final int LDB = 6;

    /** From one row of c to the next. */
    public static final int LDC = 7;

    /** Products z = outer · inner + i: matrices lie {@code outer} and {@code inner} strides apart. */
    public static final int OUTER = 8;

    public static final int INNER = 9;
    public static final int A_OUTER = 10;
    public static final int A_INNER = 11;
    public static final int B_OUTER = 12;
    public static final int B_INNER = 13;
    public static final int C_OUTER = 14;
    public static final int C_INNER = 15;

    /** Whether a bias is added. */
    public static final int BIAS = 16;

    /** Bit 0: a is stored transposed; bit 1: b is. The unrolled kernels do not look at it. */
    public static final int TRANSPOSES = 17;

    private Products() {}

    /**
     * {@code c[z][i,j] = alpha · Σ_p op(a[z])[i,p] · op(b[z])[p,j] (+ bias[j])}, one work-item an element: for results smaller than a
     * tile. Operands: a, b, bias, c; constants: alpha.
     */
    public static void productPlain(
            FloatArray a,
            FloatArray b,
            FloatArray bias,
            FloatArray c,
            IntArray places,
            IntArray sizes,
            FloatArray constants) {
        int at = sizes.get(0);
        float alpha = constants.get(sizes.get(1));
        int m = sizes.get(M);
        int n = sizes.get(N);
        int k = sizes.get(K);
        int inner = sizes.get(INNER);
        int rows = sizes.get(OUTER) * inner * m;
        int transposes = sizes.get(TRANSPOSES);
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int j = 0; j < n; j++) {
                int z = row / m;
                int i = row - z * m;
                int zo = z / inner;
                int zi = z - zo * inner;
                int aRow = sizes.get(LDA);
                int aStep = 1;
                if (transposes % 2 == 1) {
                    aStep = aRow;
                    aRow = 1;
                }
                int bStep = sizes.get(LDB);
                int bColumn = 1;
                if (transposes > 1) {
                    bColumn = bStep;
                    bStep = 1;
                }
                int p0 = places.get(at) + zo * sizes.get(A_OUTER) + zi * sizes.get(A_INNER) + i * aRow;
                int q0 = places.get(at + 1) + zo * sizes.get(B_OUTER) + zi * sizes.get(B_INNER) + j * bColumn;
                int c0 = places.get(at + 3) + zo * sizes.get(C_OUTER) + zi * sizes.get(C_INNER);
                float sum = 0f;
                for (int p = 0; p < k; p++) {
                    sum += a.get(p0 + p * aStep) * b.get(q0 + p * bStep);
                }
                sum = sum * alpha;
                if (sizes.get(BIAS) != 0) {
                    sum += bias.get(places.get(at + 2) + j);
                }
                c.set(c0 + i * sizes.get(LDC) + j, sum);
            }
        }
    }

    /** Steps of a panel that one work-item packs. */
    public static final int PACKED_STEPS = 64;

    /**
     * {@code panels[z][t][p][l] = x[z][line(t) + l, p]}: the lines of a matrix (rows of a, columns of b) in panels of {@code width}
     * lines side by side, so that a product walks through memory in order. The last panel begins early enough to be whole. Sizes:
     * lines, width, k, from line to line, from step to step, outer, inner, from matrix to matrix along both.
     */
    public static void packPanels(FloatArray x, FloatArray panels, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int panels0 = places.get(sizes.get(0) + 1);
        int lines = sizes.get(2);
        int width = sizes.get(3);
        int k = sizes.get(4);
        int toLine = sizes.get(5);
        int toStep = sizes.get(6);
        int inner = sizes.get(8);
        int count = (lines + width - 1) / width;
        int all = sizes.get(7) * inner * count;
        int pieces = (k + PACKED_STEPS - 1) / PACKED_STEPS;
        for (@Parallel int piece = 0; piece < pieces; piece++) {
            for (@Parallel int t = 0; t < all; t++) {
                int z = t / count;
                int zo = z / inner;
                int zi = z - zo * inner;
                int first = TornadoMath.min((t - z * count) * width, lines - width);
                int from = x0 + zo * sizes.get(9) + zi * sizes.get(10) + first * toLine;
                int to = panels0 + t * k * width;
                int end = TornadoMath.min(k, (piece + 1) * PACKED_STEPS);
                if (toLine == 1) {
                    for (int p = piece * PACKED_STEPS; p < end; p++) {
                        int source = from + p * toStep;
                        int target = to + p * width;
                        for (int l = 0; l < width; l += 4) {
                            panels.set(target + l, x.get(source + l));
                            panels.set(target + l + 1, x.get(source + l + 1));
                            panels.set(target + l + 2, x.get(source + l + 2));
                            panels.set(target + l + 3, x.get(source + l + 3));
                        }
                    }
                } else {
                    for (int l = 0; l < width; l++) {
                        int source = from + l * toLine;
                        for (int p = piece * PACKED_STEPS; p < end; p++) {
                            panels.set(to + p * width + l, x.get(source + p));
                        }
                    }
                }
            }
        }
    }
}
