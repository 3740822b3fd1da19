package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/** What a training step does to the parameters. */
public final class Optimisers {
    /** Index of the first chunk among the sizes of {@link #adamWStep}. */
    public static final int FIRST_CHUNK = 5;

    /** Index of the first slice's scale among its constants. */
    public static final int FIRST_SLICE = 6;

    private Optimisers() {}

    /**
     * One step of AdamW. Sizes: chunks, lanes, whether there is a norm, then offset, length and slice of each chunk. Constants:
     * maxNorm, beta1, 1 − beta1, beta2, 1 − beta2, epsilon, then scale and 1 or 0 for decayed or not of each slice.
     */
    public static void adamWStep(
            FloatArray parameters,
            FloatArray gradients,
            FloatArray moment1,
            FloatArray moment2,
            FloatArray rates,
            FloatArray norm,
            IntArray places,
            IntArray sizes,
            FloatArray constants) {
        int at = sizes.get(0);
        int p0 = places.get(at);
        int g0 = places.get(at + 1);
        int m0 = places.get(at + 2);
        int v0 = places.get(at + 3);
        int rates0 = places.get(at + 4);
        int norm0 = places.get(at + 5);
        int numbers = sizes.get(1);
        int chunks = sizes.get(2);
        int lanes = sizes.get(3);
        int withNorm = sizes.get(4);
        for (@Parallel int lane = 0; lane < lanes; lane++) {
            for (@Parallel int chunk = 0; chunk < chunks; chunk++) {
                float clip = 1f;
                if (withNorm != 0) {
                    clip = TornadoMath.min(1f, constants.get(numbers) / (norm.get(norm0) + 1e-6f));
                }
                float beta1 = constants.get(numbers + 1);
                float rest1 = constants.get(numbers + 2);
                float beta2 = constants.get(numbers + 3);
                float rest2 = constants.get(numbers + 4);
                float epsilon = constants.get(numbers + 5);
                int offset = sizes.get(FIRST_CHUNK + 3 * chunk);
                int length = sizes.get(FIRST_CHUNK + 3 * chunk + 1);
                int slice = numbers + FIRST_SLICE + 2 * sizes.get(FIRST_CHUNK + 3 * chunk + 2);
                float lr = rates.get(rates0) * constants.get(slice);
                float shrink = 1f - lr * rates.get(rates0 + 1) * constants.get(slice + 1);
                float correction1 = rates.get(rates0 + 2);
                float correction2 = rates.get(rates0 + 3);
                for (int i = offset + lane; i < offset + length; i += lanes) {
                    float g = clip * gradients.get(g0 + i);
                    float m = beta1 * moment1.get(m0 + i) + rest1 * g;
                    float v = beta2 * moment2.get(v0 + i) + rest2 * g * g;
                    moment1.set(m0 + i, m);
                    moment2.set(v0 + i, v);
                    float step = m / correction1 / (TornadoMath.sqrt(v / correction2) + epsilon);
                    parameters.set(p0 + i, parameters.get(p0 + i) * shrink - lr * step);
                }
            }
        }
    }

    /** As {@link #adamWStep} with one lane, in vectors. */
    public static void adamWStepOfChunks(
            FloatArray parameters,
            FloatArray gradients,
            FloatArray moment1,
            FloatArray moment2,
            FloatArray rates,
            FloatArray norm,
            IntArray places,
            IntArray sizes,
            FloatArray constants) {
        int at = sizes.get(0);
        int p0 = places.get(at);
        int g0 = places.get(at + 1);
        int m0 = places.get(at + 2);
        int v0 = places.get(at + 3);
        int rates0 = places.get(at + 4);
        int norm0 = places.get(at + 5);
        int numbers = sizes.get(1);
        int chunks = sizes.get(2);
        int withNorm = sizes.get(4);
        for (@Parallel int chunk = 0; chunk < chunks; chunk++) {
            float clip = 1f;
            if (withNorm != 0) {
                clip = TornadoMath.min(1f, constants.get(numbers) / (norm.get(norm0) + 1e-6f));
            }
            float beta1 = constants.get(numbers + 1);
            float rest1 = constants.get(numbers + 2);
            float beta2 = constants.get(numbers + 3);
            float rest2 = constants.get(numbers + 4);
            float epsilon = constants.get(numbers + 5);
            int end = sizes.get(FIRST_CHUNK + 3 * chunk) + sizes.get(FIRST_CHUNK + 3 * chunk + 1);
            int slice = numbers + FIRST_SLICE + 2 * sizes.get(FIRST_CHUNK + 3 * chunk + 2);
            float lr = rates.get(rates0) * constants.get(slice);
            float shrink = 1f - lr * rates.get(rates0 + 1) * constants.get(slice + 1);
            float correction1 = rates.get(rates0 + 2);
            float correction2 = rates.get(rates0 + 3);
            int i = sizes.get(FIRST_CHUNK + 3 * chunk);
            for (; i + Vectors.LANES <= end; i += Vectors.LANES) {
                Float16 g = Float16.mult(Vectors.load(gradients, g0 + i), clip);
                Float16 m = Float16.add(Float16.mult(Vectors.load(moment1, m0 + i), beta1), Float16.mult(g, rest1));
                Float16 v = Float16.add(
                        Float16.mult(Vectors.load(moment2, v0 + i), beta2), Float16.mult(Float16.mult(g, rest2), g));
                Vectors.store(moment1, m0 + i, m);
                Vectors.store(moment2, v0 + i, v);
                Float16 root = Float16.add(Vectors.sqrt(Float16.div(v, correction2)), epsilon);
                Float16 step = Float16.div(Float16.div(m, correction1), root);
                Float16 p = Float16.mult(Vectors.load(parameters, p0 + i), shrink);
                Vectors.store(parameters, p0 + i, Float16.sub(p, Float16.mult(step, lr)));
            }
            for (; i < end; i++) {
                float g = clip * gradients.get(g0 + i);
                float m = beta1 * moment1.get(m0 + i) + rest1 * g;
                float v = beta2 * moment2.get(v0 + i) + rest2 * g * g;
                moment1.set(m0 + i, m);
                moment2.set(v0 + i, v);
                float step = m / correction1 / (TornadoMath.sqrt(v / correction2) + epsilon);
                parameters.set(p0 + i, parameters.get(p0 + i) * shrink - lr * step);
            }
        }
    }

    /** {@code average = decay·average + (1 − decay)·parameters}; sizes: elements; constants: decay, 1 − decay. */
    public static void movingAverage(
            FloatArray parameters, FloatArray average, IntArray places, IntArray sizes, FloatArray constants) {
        int p0 = places.get(sizes.get(0));
        int average0 = places.get(sizes.get(0) + 1);
        float decay = constants.get(sizes.get(1));
        float rest = constants.get(sizes.get(1) + 1);
        int n = sizes.get(2);
        for (@Parallel int i = 0; i < n; i++) {
            average.set(average0 + i, decay * average.get(average0 + i) + rest * parameters.get(p0 + i));
        }
    }
}
