package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Batch normalisation over rows. */
public final class BatchNormColumns {
    private BatchNormColumns() {}

    /**
     * {@code mean[c] = Σ_block partial[block,c] / rows}, and the running mean; sizes: rows, columns, blocks; constants: momentum.
     */
    public static void batchNormMean(
            FloatArray partial,
            FloatArray mean,
            FloatArray runningMean,
            IntArray places,
            IntArray sizes,
            FloatArray constants) {
        int at = sizes.get(0);
        int partial0 = places.get(at);
        int mean0 = places.get(at + 1);
        int running0 = places.get(at + 2);
        float momentum = constants.get(sizes.get(1));
        int rows = sizes.get(2);
        int columns = sizes.get(3);
        int blocks = sizes.get(4);
        for (@Parallel int c = 0; c < columns; c++) {
            float sum = 0f;
            for (int block = 0; block < blocks; block++) {
                sum += partial.get(partial0 + block * columns + c);
            }
            float mu = sum / rows;
            mean.set(mean0 + c, mu);
            runningMean.set(running0 + c, (1f - momentum) * runningMean.get(running0 + c) + momentum * mu);
        }
    }

    /** {@code partial[block,c] = Σ_r (x[r,c] − mean[c])²}; sizes as {@link Sums#columnPartials}. */
    public static void batchNormSquarePartials(
            FloatArray x, FloatArray mean, FloatArray partial, IntArray places, IntArray sizes) {
        int at = sizes.get(0);
        int x0 = places.get(at);
        int mean0 = places.get(at + 1);
        int partial0 = places.get(at + 2);
        int rows = sizes.get(2);
        int columns = sizes.get(3);
        int blocks = sizes.get(4);
        int height = sizes.get(5);
        for (@Parallel int c = 0; c < columns; c++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                float mu = mean.get(mean0 + c);
                float sum = 0f;
                for (int r = block * height; r < TornadoMath.min(rows, (block + 1) * height); r++) {
                    float d = x.get(x0 + r * columns + c) - mu;
                    sum += d * d;
                }
                partial.set(partial0 + block * columns + c, sum);
            }
        }
    }

    /**
     * {@code rstd[c] = 1 / sqrt(Σ_block partial[block,c] / rows + epsilon)}, and the running variance, which is the unbiased one;
     * sizes: rows, columns, blocks; constants: momentum, epsilon.
     */
    public static void batchNormRstd(
            FloatArray partial,
            FloatArray rstd,
            FloatArray runningVariance,
            IntArray places,
            IntArray sizes,
            FloatArray constants) {
        int at = sizes.get(0);
        int partial0 = places.get(at);
        int rstd0 = places.get(at + 1);
        int running0 = places.get(at + 2);
        float momentum = constants.get(sizes.get(1));
        float epsilon = constants.get(sizes.get(1) + 1);
        int rows = sizes.get(2);
        int columns = sizes.get(3);
        int blocks = sizes.get(4);
        for (@Parallel int c = 0; c < columns; c++) {
            float squares = 0f;
            for (int block = 0; block < blocks; block++) {
                squares += partial.get(partial0 + block * columns + c);
            }
            rstd.set(rstd0 + c, 1f / TornadoMath.sqrt(squares / rows + epsilon));
            float unbiased = squares / TornadoMath.max(rows - 1, 1);
            runningVariance.set(
                    running0 + c, (1f - momentum) * runningVariance.get(running0 + c) + momentum * unbiased);
        }
    }

    /** {@code y[r,c] = (x[r,c] − mean[c])·rstd[c]·gamma[c] + beta[c]}; sizes: elements, columns. */
    public static void batchNormForward(
            FloatArray x,
            FloatArray mean,
            FloatArray rstd,
            FloatArray gamma,
            FloatArray beta,
            FloatArray y,
            IntArray places,
            IntArray sizes) {
        int at = sizes.get(0);
        int x0 = places.get(at);
        int mean0 = places.get(at + 1);
        int rstd0 = places.get(at + 2);
        int gamma0 = places.get(at + 3);
        int beta0 = places.get(at + 4);
        int y0 = places.get(at + 5);
        int n = sizes.get(2);
        int columns = sizes.get(3);
        for (@Parallel int i = 0; i < n; i++) {
            int c = i % columns;
            float normal = (x.get(x0 + i) - mean.get(mean0 + c)) * rstd.get(rstd0 + c);
            y.set(y0 + i, normal * gamma.get(gamma0 + c) + beta.get(beta0 + c));
        }
    }

    /** {@link #batchNormForward} with variances instead of inverse roots; constants: epsilon. */
    public static void batchNormInference(
            FloatArray x,
            FloatArray mean,
            FloatArray variance,
            FloatArray gamma,
            FloatArray beta,
            FloatArray y,
            IntArray places,
            IntArray sizes,
            FloatArray constants) {
        int at = sizes.get(0);
        int x0 = places.get(at);
        int mean0 = places.get(at + 1);
        int variance0 = places.get(at + 2);
        int gamma0 = places.get(at + 3);
        int beta0 = places.get(at + 4);
        int y0 = places.get(at + 5);
        float epsilon = constants.get(sizes.get(1));
        int n = sizes.get(2);
        int columns = sizes.get(3);
        for (@Parallel int i = 0; i < n; i++) {
            int c = i % columns;
            float normal =
                    (x.get(x0 + i) - mean.get(mean0 + c)) / TornadoMath.sqrt(variance.get(variance0 + c) + epsilon);
            y.set(y0 + i, normal * gamma.get(gamma0 + c) + beta.get(beta0 + c));
        }
    }

    /** {@code partial[block,c] = Σ_r dy[r,c]·(x[r,c] − mean[c])·rstd[c]}; sizes as {@link Sums#columnPartials}. */
    public static void batchNormGammaPartials(
            FloatArray x,
            FloatArray mean,
            FloatArray rstd,
            FloatArray dy,
            FloatArray partial,
            IntArray places,
            IntArray sizes) {
        int at = sizes.get(0);
        int x0 = places.get(at);
        int mean0 = places.get(at + 1);
        int rstd0 = places.get(at + 2);
        int dy0 = places.get(at + 3);
        int partial0 = places.get(at + 4);
        int rows = sizes.get(2);
        int columns = sizes.get(3);
        int blocks = sizes.get(4);
        int height = sizes.get(5);
        for (@Parallel int c = 0; c < columns; c++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                float sum = 0f;
                for (int r = block * height; r < TornadoMath.min(rows, (block + 1) * height); r++) {
                    sum += dy.get(dy0 + r * columns + c) * (x.get(x0 + r * columns + c) - mean.get(mean0 + c));
                }
                partial.set(partial0 + block * columns + c, sum * rstd.get(rstd0 + c));
            }
        }
    }

    /**
     * {@code dx = gamma·rstd·(dy − Σ_r dy / rows − n·Σ_r dy·n / rows)} with {@code n = (x − mean)·rstd}; sizes: elements, columns,
     * rows.
     */
    public static void batchNormBackward(
            FloatArray x,
            FloatArray gamma,
            FloatArray mean,
            FloatArray rstd,
            FloatArray dy,
            FloatArray sums,
            FloatArray productSums,
            FloatArray dx,
            IntArray places,
            IntArray sizes) {
        int at = sizes.get(0);
        int x0 = places.get(at);
        int gamma0 = places.get(at + 1);
        int mean0 = places.get(at + 2);
        int rstd0 = places.get(at + 3);
        int dy0 = places.get(at + 4);
        int sums0 = places.get(at + 5);
        int products0 = places.get(at + 6);
        int dx0 = places.get(at + 7);
        int n = sizes.get(2);
        int columns = sizes.get(3);
        int rows = sizes.get(4);
        for (@Parallel int i = 0; i < n; i++) {
            int c = i % columns;
            float normal = (x.get(x0 + i) - mean.get(mean0 + c)) * rstd.get(rstd0 + c);
            float centred =
                    dy.get(dy0 + i) - sums.get(sums0 + c) / rows - normal * productSums.get(products0 + c) / rows;
            dx.set(dx0 + i, gamma.get(gamma0 + c) * rstd.get(rstd0 + c) * centred);
        }
    }
}
