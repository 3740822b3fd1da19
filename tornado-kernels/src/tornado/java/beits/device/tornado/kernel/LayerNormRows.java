package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/** Layer normalisation: one work-item a row, in vectors. */
public final class LayerNormRows {
    private LayerNormRows() {}

    /** {@code y = (x − mean)·rstd·gamma + beta}; y, mean and rstd lie in {@code out}; sizes: rows, columns; constants: epsilon. */
    public static void layerNormForward(
            FloatArray x,
            FloatArray gamma,
            FloatArray beta,
            FloatArray out,
            IntArray places,
            IntArray sizes,
            FloatArray constants) {
        int at = sizes.get(0);
        int x0 = places.get(at);
        int gamma0 = places.get(at + 1);
        int beta0 = places.get(at + 2);
        int y0 = places.get(at + 3);
        int mean0 = places.get(at + 4);
        int rstd0 = places.get(at + 5);
        float epsilon = constants.get(sizes.get(1));
        int rows = sizes.get(2);
        int columns = sizes.get(3);
        for (@Parallel int r = 0; r < rows; r++) {
            int xr = x0 + r * columns;
            int yr = y0 + r * columns;
            Float16 sums = Vectors.all(0f);
            int c = 0;
            for (; c + Vectors.LANES <= columns; c += Vectors.LANES) {
                sums = Float16.add(sums, Vectors.load(x, xr + c));
            }
            float sum = Vectors.sum(sums);
            for (; c < columns; c++) {
                sum += x.get(xr + c);
            }
            float mu = sum / columns;
            sums = Vectors.all(0f);
            for (c = 0; c + Vectors.LANES <= columns; c += Vectors.LANES) {
                Float16 d = Float16.sub(Vectors.load(x, xr + c), mu);
                sums = Float16.add(sums, Float16.mult(d, d));
            }
            float squares = Vectors.sum(sums);
            for (; c < columns; c++) {
                float d = x.get(xr + c) - mu;
                squares += d * d;
            }
            float rs = 1f / TornadoMath.sqrt(squares / columns + epsilon);
            for (c = 0; c + Vectors.LANES <= columns; c += Vectors.LANES) {
                Float16 n = Float16.mult(Float16.sub(Vectors.load(x, xr + c), mu), rs);
                Float16 scaled = Float16.mult(n, Vectors.load(gamma, gamma0 + c));
                Vectors.store(out, yr + c, Float16.add(scaled, Vectors.load(beta, beta0 + c)));
            }
            for (; c < columns; c++) {
                out.set(yr + c, (x.get(xr + c) - mu) * rs * gamma.get(gamma0 + c) + beta.get(beta0 + c));
            }
            out.set(mean0 + r, mu);
            out.set(rstd0 + r, rs);
        }
    }

    /**
     * {@code dx = rstd·(g − Σ g / columns − n·Σ g·n / columns)} with {@code n = (x − mean)·rstd, g = dy·gamma}; sizes: rows, columns,
     * whether to add to dx.
     */
    public static void layerNormBackward(
            FloatArray x,
            FloatArray gamma,
            FloatArray mean,
            FloatArray rstd,
            FloatArray dy,
            FloatArray dx,
            IntArray places,
            IntArray sizes) {
        int at = sizes.get(0);
        int x0 = places.get(at);
        int gamma0 = places.get(at + 1);
        int mean0 = places.get(at + 2);
        int rstd0 = places.get(at + 3);
        int dy0 = places.get(at + 4);
        int dx0 = places.get(at + 5);
        int rows = sizes.get(2);
        int columns = sizes.get(3);
        int accumulate = sizes.get(4);
        for (@Parallel int r = 0; r < rows; r++) {
            int xr = x0 + r * columns;
            int dyr = dy0 + r * columns;
            int dxr = dx0 + r * columns;
            float mu = mean.get(mean0 + r);
            float rs = rstd.get(rstd0 + r);
            Float16 sumsG = Vectors.all(0f);
            Float16 sumsGn = Vectors.all(0f);
            int c = 0;
            for (; c + Vectors.LANES <= columns; c += Vectors.LANES) {
                Float16 g = Float16.mult(Vectors.load(dy, dyr + c), Vectors.load(gamma, gamma0 + c));
                Float16 n = Float16.mult(Float16.sub(Vectors.load(x, xr + c), mu), rs);
                sumsG = Float16.add(sumsG, g);
                sumsGn = Float16.add(sumsGn, Float16.mult(g, n));
            }
            float sumG = Vectors.sum(sumsG);
            float sumGn = Vectors.sum(sumsGn);
            for (; c < columns; c++) {
                float g = dy.get(dyr + c) * gamma.get(gamma0 + c);
                sumG += g;
                sumGn += g * (x.get(xr + c) - mu) * rs;
            }
            float meanG = sumG / columns;
            float meanGn = sumGn / columns;
            for (c = 0; c + Vectors.LANES <= columns; c += Vectors.LANES) {
                Float16 g = Float16.mult(Vectors.load(dy, dyr + c), Vectors.load(gamma, gamma0 + c));
                Float16 n = Float16.mult(Float16.sub(Vectors.load(x, xr + c), mu), rs);
                Float16 value = Float16.mult(Float16.sub(Float16.sub(g, meanG), Float16.mult(n, meanGn)), rs);
                if (accumulate != 0) {
                    value = Float16.add(value, Vectors.load(dx, dxr + c));
                }
                Vectors.store(dx, dxr + c, value);
            }
            for (; c < columns; c++) {
                float n = (x.get(xr + c) - mu) * rs;
                float value = rs * (dy.get(dyr + c) * gamma.get(gamma0 + c) - meanG - n * meanGn);
                if (accumulate != 0) {
                    value += dx.get(dxr + c);
                }
                dx.set(dxr + c, value);
            }
        }
    }

    /**
     * {@code partial[block,c] = Σ_r dy[r,c]·(x[r,c] − mean[r])·rstd[r]} over the rows of a block; sizes as
     * {@link Sums#columnPartials}.
     */
    public static void layerNormGammaPartials(
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
                    float n = (x.get(x0 + r * columns + c) - mean.get(mean0 + r)) * rstd.get(rstd0 + r);
                    sum += dy.get(dy0 + r * columns + c) * n;
                }
                partial.set(partial0 + block * columns + c, sum);
            }
        }
    }
}
