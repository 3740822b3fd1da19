package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Losses that look at every element by itself. The forward kernels sum over chunks; {@link Sums#grandTotal} ends them. */
public final class FlatLosses {
    /** {@code f(d) = d²}. */
    public static final int SQUARED = 0;

    /** {@code f(d) = d²/2} for |d| below 1, else {@code |d| − 1/2}. */
    public static final int SMOOTH_L1 = 1;

    /** What the official code adds to probabilities before it takes their logarithm. */
    private static final float KL_EPSILON = 1e-10f;

    private FlatLosses() {}

    /** {@code partial[chunk] = Σ_i f(x[i] − target[i])}; sizes: elements, chunks, elements a chunk, f. */
    public static void regressionPartials(
            FloatArray x, FloatArray target, FloatArray partial, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int target0 = places.get(sizes.get(0) + 1);
        int partial0 = places.get(sizes.get(0) + 2);
        int n = sizes.get(2);
        int chunks = sizes.get(3);
        int length = sizes.get(4);
        int distance = sizes.get(5);
        for (@Parallel int chunk = 0; chunk < chunks; chunk++) {
            float sum = 0f;
            for (int i = chunk * length; i < TornadoMath.min(n, (chunk + 1) * length); i++) {
                float d = x.get(x0 + i) - target.get(target0 + i);
                float f = d * d;
                if (distance == SMOOTH_L1) {
                    float size = TornadoMath.abs(d);
                    f = size < 1f ? 0.5f * d * d : size - 0.5f;
                }
                sum += f;
            }
            partial.set(partial0 + chunk, sum);
        }
    }

    /** {@code dx = dLoss/size · f'(x − target)}; sizes: elements, f. */
    public static void regressionBackward(
            FloatArray x, FloatArray target, FloatArray dLoss, FloatArray dx, IntArray places, IntArray sizes) {
        int at = sizes.get(0);
        int x0 = places.get(at);
        int target0 = places.get(at + 1);
        int dLoss0 = places.get(at + 2);
        int dx0 = places.get(at + 3);
        int n = sizes.get(2);
        int distance = sizes.get(3);
        for (@Parallel int i = 0; i < n; i++) {
            float d = x.get(x0 + i) - target.get(target0 + i);
            float derivative = 2f * d;
            if (distance == SMOOTH_L1) {
                derivative = TornadoMath.min(TornadoMath.max(d, -1f), 1f);
            }
            dx.set(dx0 + i, dLoss.get(dLoss0) / n * derivative);
        }
    }

    /**
     * {@code partial[chunk] = Σ q'·(log q' + log columns), q' = q + 1e-10}; sizes: elements, chunks, elements a chunk; constants:
     * log columns.
     */
    public static void uniformKlPartials(
            FloatArray q, FloatArray partial, IntArray places, IntArray sizes, FloatArray constants) {
        int q0 = places.get(sizes.get(0));
        int partial0 = places.get(sizes.get(0) + 1);
        float logColumns = constants.get(sizes.get(1));
        int n = sizes.get(2);
        int chunks = sizes.get(3);
        int length = sizes.get(4);
        for (@Parallel int chunk = 0; chunk < chunks; chunk++) {
            float sum = 0f;
            for (int i = chunk * length; i < TornadoMath.min(n, (chunk + 1) * length); i++) {
                float shifted = q.get(q0 + i) + KL_EPSILON;
                sum += shifted * (TornadoMath.log(shifted) + logColumns);
            }
            partial.set(partial0 + chunk, sum);
        }
    }

    /** {@code dq = dLoss·(log q' + log columns + 1)}; sizes: elements; constants: log columns. */
    public static void uniformKlBackward(
            FloatArray q, FloatArray dLoss, FloatArray dq, IntArray places, IntArray sizes, FloatArray constants) {
        int q0 = places.get(sizes.get(0));
        int dLoss0 = places.get(sizes.get(0) + 1);
        int dq0 = places.get(sizes.get(0) + 2);
        float logColumns = constants.get(sizes.get(1));
        int n = sizes.get(2);
        for (@Parallel int i = 0; i < n; i++) {
            dq.set(dq0 + i, dLoss.get(dLoss0) * (TornadoMath.log(q.get(q0 + i) + KL_EPSILON) + logColumns + 1f));
        }
    }
}
