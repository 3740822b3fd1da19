package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/** Softmax over rows, alone and within attention: one work-item a row, in vectors. */
public final class SoftmaxRows {
    private SoftmaxRows() {}

    /**
     * 0 for every number from −∞ to 0, else not a number: OpenCL's maximum passes over what is none, and so does the exponential of
     * vectors, but not the sum of the exponents.
     */
    static float weightless(float exponent) {
        return TornadoMath.exp(exponent - 1000f);
    }

    /** {@code y = exp(x − max x) / Σ exp(x − max x)}; sizes: rows, columns. */
    public static void softmaxForward(FloatArray x, FloatArray y, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int y0 = places.get(sizes.get(0) + 1);
        int rows = sizes.get(2);
        int columns = sizes.get(3);
        for (@Parallel int r = 0; r < rows; r++) {
            int xr = x0 + r * columns;
            int yr = y0 + r * columns;
            Float16 largest = Vectors.all(Float.NEGATIVE_INFINITY);
            int c = 0;
            for (; c + Vectors.LANES <= columns; c += Vectors.LANES) {
                largest = Float16.max(largest, Vectors.load(x, xr + c));
            }
            float max = Vectors.max(largest);
            for (; c < columns; c++) {
                max = TornadoMath.max(max, x.get(xr + c));
            }
            Float16 sums = Vectors.all(0f);
            Float16 exponents = Vectors.all(0f);
            for (c = 0; c + Vectors.LANES <= columns; c += Vectors.LANES) {
                Float16 d = Float16.sub(Vectors.load(x, xr + c), max);
                Float16 e = VectorNumbers.expOfNegative(d);
                Vectors.store(y, yr + c, e);
                sums = Float16.add(sums, e);
                exponents = Float16.add(exponents, d);
            }
            float sum = Vectors.sum(sums) + weightless(Vectors.sum(exponents));
            for (; c < columns; c++) {
                float e = TornadoMath.exp(x.get(xr + c) - max);
                y.set(yr + c, e);
                sum += e;
            }
            float inverse = 1f / sum;
            for (c = 0; c + Vectors.LANES <= columns; c += Vectors.LANES) {
                Vectors.store(y, yr + c, Float16.mult(Vectors.load(y, yr + c), inverse));
            }
            for (; c < columns; c++) {
                y.set(yr + c, y.get(yr + c) * inverse);
            }
        }
    }

    /** {@code dx = y·(dy − Σ dy·y)}; sizes: rows, columns. */
    public static void softmaxBackward(FloatArray y, FloatArray dy, FloatArray dx, IntArray places, IntArray sizes) {
        int y0 = places.get(sizes.get(0));
        int dy0 = places.get(sizes.get(0) + 1);
        int dx0 = places.get(sizes.get(0) + 2);
        int rows = sizes.get(2);
        int columns = sizes.get(3);
        for (@Parallel int r = 0; r < rows; r++) {
            int yr = y0 + r * columns;
            int dyr = dy0 + r * columns;
            int dxr = dx0 + r * columns;
            Float16 sums = Vectors.all(0f);
            int c = 0;
            for (; c + Vectors.LANES <= columns; c += Vectors.LANES) {
                sums = Float16.add(sums, Float16.mult(Vectors.load(dy, dyr + c), Vectors.load(y, yr + c)));
            }
            float sum = Vectors.sum(sums);
            for (; c < columns; c++) {
                sum += dy.get(dyr + c) * y.get(yr + c);
            }
            for (c = 0; c + Vectors.LANES <= columns; c += Vectors.LANES) {
                Float16 d = Float16.sub(Vectors.load(dy, dyr + c), sum);
                Vectors.store(dx, dxr + c, Float16.mult(Vectors.load(y, yr + c), d));
            }
            for (; c < columns; c++) {
                dx.set(dxr + c, y.get(yr + c) * (dy.get(dyr + c) - sum));
            }
        }
    }

    /**
     * {@code p[r,j] = softmax_j(s[r,j] + bias[r mod biasRows, j])}, in place; rows are (picture, head, query). sizes: rows, columns,
     * rows of the bias or 0 without one.
     */
    public static void attentionSoftmax(FloatArray bias, FloatArray s, IntArray places, IntArray sizes) {
        int bias0 = places.get(sizes.get(0));
        int s0 = places.get(sizes.get(0) + 1);
        int rows = sizes.get(2);
        int columns = sizes.get(3);
        int biasRows = sizes.get(4);
        for (@Parallel int r = 0; r < rows; r++) {
            int sr = s0 + r * columns;
            int br = bias0;
            if (biasRows > 0) {
                br = bias0 + r % biasRows * columns;
            }
            Float16 largest = Vectors.all(Float.NEGATIVE_INFINITY);
            int j = 0;
            for (; j + Vectors.LANES <= columns; j += Vectors.LANES) {
                Float16 v = Vectors.load(s, sr + j);
                if (biasRows > 0) {
                    v = Float16.add(v, Vectors.load(bias, br + j));
                    Vectors.store(s, sr + j, v);
                }
                largest = Float16.max(largest, v);
            }
            float max = Vectors.max(largest);
            for (; j < columns; j++) {
                if (biasRows > 0) {
                    s.set(sr + j, s.get(sr + j) + bias.get(br + j));
                }
                max = TornadoMath.max(max, s.get(sr + j));
            }
            Float16 sums = Vectors.all(0f);
            Float16 exponents = Vectors.all(0f);
            for (j = 0; j + Vectors.LANES <= columns; j += Vectors.LANES) {
                Float16 d = Float16.sub(Vectors.load(s, sr + j), max);
                Float16 e = VectorNumbers.expOfNegative(d);
                Vectors.store(s, sr + j, e);
                sums = Float16.add(sums, e);
                exponents = Float16.add(exponents, d);
            }
            float sum = Vectors.sum(sums) + weightless(Vectors.sum(exponents));
            for (; j < columns; j++) {
                float e = TornadoMath.exp(s.get(sr + j) - max);
                s.set(sr + j, e);
                sum += e;
            }
            float inverse = 1f / sum;
            for (j = 0; j + Vectors.LANES <= columns; j += Vectors.LANES) {
                Vectors.store(s, sr + j, Float16.mult(Vectors.load(s, sr + j), inverse));
            }
            for (; j < columns; j++) {
                s.set(sr + j, s.get(sr + j) * inverse);
            }
        }
    }

    /**
     * {@code dBias[q] = Σ_b ds[b,q]} with q = (head, query, key), added to what dBias holds when asked; sizes: pictures, elements of
     * the bias, whether to add.
     */
    public static void attentionBiasBackward(FloatArray ds, FloatArray dBias, IntArray places, IntArray sizes) {
        int ds0 = places.get(sizes.get(0));
        int dBias0 = places.get(sizes.get(0) + 1);
        int pictures = sizes.get(2);
        int n = sizes.get(3);
        int accumulate = sizes.get(4);
        for (@Parallel int q = 0; q < n; q++) {
            float sum = 0f;
            if (accumulate != 0) {
                sum = dBias.get(dBias0 + q);
            }
            for (int b = 0; b < pictures; b++) {
                sum += ds.get(ds0 + b * n + q);
            }
            dBias.set(dBias0 + q, sum);
        }
    }
}
