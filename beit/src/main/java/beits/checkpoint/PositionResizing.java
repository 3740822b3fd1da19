package beits.checkpoint;

import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Positions for another grid of patches (official {@code run_class_finetuning}, the block under {@code args.finetune}).
 * Both kinds are tensor products: a matrix of weights for each axis, from old positions to new ones. The official code knows
 * square grids only; here each axis has its own weights, and an axis that keeps its size is left alone.
 */
public final class PositionResizing {
    private static final double SMALLEST_RATIO = 1.01;
    private static final double LARGEST_RATIO = 1.5;
    private static final double RATIO_WIDTH = 1e-6;

    /** Parameter a of the cubic convolution, as PyTorch has it. */
    private static final double CUBIC = -0.75;

    private PositionResizing() {}

    /**
     * Which row of the relative position table belongs to which pair of tokens (official {@code RelativePositionBias}): patch i
     * to patch j has row {@code (yi−yj+h−1)(2w−1) + (xi−xj+w−1)}; the last three rows are class token to any, any to class
     * token, class token to itself.
     *
     * @return [tokens, tokens], I64
     */
    public static TensorData relativeIndex(Grid grid) {
        int tokens = grid.patches() + 1;
        int rows = grid.relativeRows();
        long[] index = new long[Math.multiplyExact(tokens, tokens)];
        for (int i = 0; i < tokens; i++) {
            for (int j = 0; j < tokens; j++) {
                index[i * tokens + j] =
                        i > 0 && j > 0 ? patchRow(grid, i - 1, j - 1) : rows - (i > 0 ? 2 : j > 0 ? 3 : 1);
            }
        }
        return TensorData.of(index, tokens, tokens);
    }

    private static int patchRow(Grid grid, int i, int j) {
        int vertical = i / grid.width() - j / grid.width() + grid.height() - 1;
        int horizontal = i % grid.width() - j % grid.width() + grid.width() - 1;
        return vertical * (2 * grid.width() - 1) + horizontal;
    }

    /**
     * A relative position table for another grid: old offsets are spread in geometric progression so that they reach as far as the new
     * ones, and cubic splines with not-a-knot ends are read at the new offsets; offsets beyond the old ones take the edge. The
     * rows of the class token are kept.
     *
     * @param table [rows of {@code from}, heads]
     * @return [rows of {@code to}, heads], F32
     */
    public static TensorData relative(TensorData table, Grid from, Grid to) {
        requireShape(table, from.relativeRows(), 2, 0);
        if (from.equals(to)) {
            return table;
        }
        int heads = Math.toIntExact(table.shape().get(1));
        double[] resized = resize(
                table.toDoubles(),
                0,
                relativeWeights(from.height(), to.height()),
                relativeWeights(from.width(), to.width()),
                heads,
                0,
                Grid.CLASS_ROWS);
        return TensorData.of(floats(resized), to.relativeRows(), heads);
    }

    /**
     * Learned positions for another grid: bicubic with a = −0.75 and half-pixel centres, without anti-aliasing. The class
     * token's position is kept.
     *
     * @param positions [1, tokens of {@code from}, width]
     * @return [1, tokens of {@code to}, width], F32
     */
    public static TensorData absolute(TensorData positions, Grid from, Grid to) {
        requireShape(positions, from.patches() + 1, 3, 1);
        if (from.equals(to)) {
            return positions;
        }
        int width = Math.toIntExact(positions.shape().get(2));
        double[] resized = resize(
                positions.toDoubles(),
                1,
                cubicWeights(from.height(), to.height()),
                cubicWeights(from.width(), to.width()),
                width,
                1,
                0);
        return TensorData.of(floats(resized), 1, to.patches() + 1, width);
    }

    private static void requireShape(TensorData tensor, int rows, int rank, int axis) {
        if (tensor.shape().size() != rank || tensor.shape().get(axis) != rows) {
            throw new IllegalArgumentException(
                    "positions %s where axis %d should have %d rows".formatted(tensor.shape(), axis, rows));
        }
    }

    /**
     * Applies weights to a field of rows, between rows that are kept.
     *
     * @param first index of the first row of the field, after {@code before} kept rows
     * @param channels values of a row
     */
    private static double[] resize(
            double[] values,
            int first,
            double[][] vertical,
            double[][] horizontal,
            int channels,
            int before,
            int after) {
        int oldWidth = horizontal[0].length;
        int oldHeight = vertical[0].length;
        int newWidth = horizontal.length;
        double[] wide = new double[oldHeight * newWidth * channels];
        for (int y = 0; y < oldHeight; y++) {
            for (int x = 0; x < newWidth; x++) {
                for (int tap = 0; tap < oldWidth; tap++) {
                    int source = (first + y * oldWidth + tap) * channels;
                    for (int channel = 0; channel < channels; channel++) {
                        wide[(y * newWidth + x) * channels + channel] += horizontal[x][tap] * values[source + channel];
                    }
                }
            }
        }
        int patches = vertical.length * newWidth;
        double[] resized = new double[(before + patches + after) * channels];
        System.arraycopy(values, 0, resized, 0, before * channels);
        for (int y = 0; y < vertical.length; y++) {
            for (int tap = 0; tap < oldHeight; tap++) {
                for (int i = 0; i < newWidth * channels; i++) {
                    resized[(before + y * newWidth) * channels + i] +=
                            vertical[y][tap] * wide[tap * newWidth * channels + i];
                }
            }
        }
        System.arraycopy(
                values, values.length - after * channels, resized, (before + patches) * channels, after * channels);
        return resized;
    }

    /** Weights from the 2·from − 1 old offsets of an axis to the 2·to − 1 new ones. */
    static double[][] relativeWeights(int from, int to) {
        double[] targets = new double[2 * to - 1];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = i - (to - 1);
        }
        return splineWeights(from == to ? targets : geometricOffsets(from - 1, ratio(from - 1, to - 1)), targets);
    }

    /** The ratio q at which {@code 1 + q + … + q^(terms−1)} meets the reach, by the official bisection. */
    static double ratio(int terms, int reach) {
        double left = SMALLEST_RATIO;
        double right = LARGEST_RATIO;
        double q = left;
        while (right - left > RATIO_WIDTH) {
            q = (left + right) / 2;
            if ((1 - Math.pow(q, terms)) / (1 - q) > reach) {
                right = q;
            } else {
                left = q;
            }
        }
        return q;
    }

    /** Offsets −…, −(1+q), −1, 0, 1, 1+q, 1+q+q², … */
    static double[] geometricOffsets(int terms, double q) {
        double[] offsets = new double[2 * terms + 1];
        double offset = 1;
        for (int i = 0; i < terms; i++) {
            offsets[terms + 1 + i] = offset;
            offsets[terms - 1 - i] = -offset;
            offset += Math.pow(q, i + 1);
        }
        return offsets;
    }

    /**
     * Weights of the interpolating cubic spline with not-a-knot ends (what FITPACK's {@code s = 0} gives), read at targets that are
     * clamped to the knots' range. In terms of the second derivatives M at the points, with h the distances:
     *
     * <pre>  h₀M₀ + 2(h₀+h₁)M₁ + h₁M₂ = 6((y₂−y₁)/h₁ − (y₁−y₀)/h₀)     at inner points
     *   h₁M₀ − (h₀+h₁)M₁ + h₀M₂ = 0                                   at either end</pre>
     *
     * Three points carry a parabola, one point a constant.
     */
    static double[][] splineWeights(double[] points, double[] targets) {
        int n = points.length;
        RealMatrix bends = n > 3 ? secondDerivatives(points) : MatrixUtils.createRealMatrix(n, n);
        double[][] weights = new double[targets.length][n];
        for (int t = 0; t < targets.length; t++) {
            double x = Math.clamp(targets[t], points[0], points[n - 1]);
            if (n <= 3) {
                for (int i = 0; i < n; i++) {
                    weights[t][i] = lagrange(points, i, x);
                }
                continue;
            }
            int found = Arrays.binarySearch(points, x);
            int i = Math.clamp(found >= 0 ? found : -found - 2, 0, n - 2);
            double h = points[i + 1] - points[i];
            double a = (points[i + 1] - x) / h;
            double b = (x - points[i]) / h;
            weights[t][i] += a;
            weights[t][i + 1] += b;
            for (int j = 0; j < n; j++) {
                weights[t][j] += ((a * a * a - a) * bends.getEntry(i, j) + (b * b * b - b) * bends.getEntry(i + 1, j))
                        * h
                        * h
                        / 6;
            }
        }
        return weights;
    }

    private static double lagrange(double[] points, int i, double x) {
        double weight = 1;
        for (int j = 0; j < points.length; j++) {
            if (j != i) {
                weight *= (x - points[j]) / (points[i] - points[j]);
            }
        }
        return weight;
    }

    /** Matrix from values to second derivatives. */
    private static RealMatrix secondDerivatives(double[] points) {
        int n = points.length;
        RealMatrix left = new Array2DRowRealMatrix(n, n);
        RealMatrix right = new Array2DRowRealMatrix(n, n);
        for (int i = 1; i < n - 1; i++) {
            double before = points[i] - points[i - 1];
            double after = points[i + 1] - points[i];
            left.setEntry(i, i - 1, before);
            left.setEntry(i, i, 2 * (before + after));
            left.setEntry(i, i + 1, after);
            right.setEntry(i, i - 1, 6 / before);
            right.setEntry(i, i, -6 / before - 6 / after);
            right.setEntry(i, i + 1, 6 / after);
        }
        for (int row : new int[] {0, n - 1}) {
            int i = row == 0 ? 1 : n - 2;
            double before = points[i] - points[i - 1];
            double after = points[i + 1] - points[i];
            left.setEntry(row, i - 1, after);
            left.setEntry(row, i, -(before + after));
            left.setEntry(row, i + 1, before);
        }
        return new LUDecomposition(left).getSolver().solve(right);
    }

    /** Weights of the cubic convolution between two sizes; taps beyond the edge take the edge. */
    static double[][] cubicWeights(int from, int to) {
        double[][] weights = new double[to][from];
        for (int i = 0; i < to; i++) {
            double centre = (i + 0.5) * from / to - 0.5;
            int floor = (int) Math.floor(centre);
            for (int tap = floor - 1; tap <= floor + 2; tap++) {
                weights[i][Math.clamp(tap, 0, from - 1)] += cubic(Math.abs(centre - tap));
            }
        }
        return weights;
    }

    private static double cubic(double x) {
        if (x <= 1) {
            return ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1;
        }
        return x < 2 ? ((CUBIC * x - 5 * CUBIC) * x + 8 * CUBIC) * x - 4 * CUBIC : 0;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
