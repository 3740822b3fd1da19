package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Softmax over rows, alone and within attention: one work-item a row. */
public final class SoftmaxRows {
    private SoftmaxRows() {}

    /** {@code y = exp(x − max x) / Σ exp(x − max x)}; sizes: rows, columns. */
    public static void softmaxForward(FloatArray x, FloatArray y, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int y0 = places.get(sizes.get(0) + 1);
        int rows = sizes.get(2);
        int columns = sizes.get(3);
        for (@Parallel int r = 0; r < rows; r++) {
            int xr = x0 + r * columns;
            int yr = y0 + r * columns;
            float max = x.get(xr);
            for (int c = 1; c < columns; c++) {
                max = TornadoMath.max(max, x.get(xr + c));
            }
            float sum = 0f;
            for (int c = 0; c < columns; c++) {
                float e = TornadoMath.exp(x.get(xr + c) - max);
                y.set(yr + c, e);
                sum += e;
            }
            float inverse = 1f / sum;
            for (int c = 0; c < columns; c++) {
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
            float sum = 0f;
            for (int c = 0; c < columns; c++) {
                sum += dy.get(dyr + c) * y.get(yr + c);
            }
            for (int c = 0; c < columns; c++) {
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
            if (biasRows > 0) {
                int br = bias0 + r % biasRows * columns;
                for (int j = 0; j < columns; j++) {
                    s.set(sr + j, s.get(sr + j) + bias.get(br + j));
                }
            }
            float max = s.get(sr);
            for (int j = 1; j < columns; j++) {
                max = TornadoMath.max(max, s.get(sr + j));
            }
            float sum = 0f;
            for (int j = 0; j < columns; j++) {
                float e = TornadoMath.exp(s.get(sr + j) - max);
                s.set(sr + j, e);
                sum += e;
            }
            float inverse = 1f / sum;
            for (int j = 0; j < columns; j++) {
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
