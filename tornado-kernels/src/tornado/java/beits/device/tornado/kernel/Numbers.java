package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.math.TornadoMath;

/** Functions that OpenCL lacks or that Java spells differently. */
final class Numbers {
    private static final float INVERSE_SQRT_TWO_PI = 0.3989423f;

    private Numbers() {}

    /** erf within 3.4e-7: an odd rational function of degree 13 over 8 on [−4, 4]. */
    static float erf(float x) {
        float c = TornadoMath.min(TornadoMath.max(x, -4f), 4f);
        float z = c * c;
        float p = z * 1.9217214e-8f - 1.9903246e-6f;
        p = p * z + 1.5553733e-4f;
        p = p * z + 0.004293071f;
        p = p * z + 0.05243352f;
        p = p * z + 0.2139451f;
        p = p * z + 1.1283786f;
        float q = z * 0.0010980428f + 0.015551126f;
        q = q * z + 0.12079979f;
        q = q * z + 0.5229316f;
        q = q * z + 1f;
        return c * p / q;
    }

    /** The normal distribution function Φ. */
    static float normal(float x) {
        return 0.5f + 0.5f * erf(x * 0.70710677f);
    }

    /** The normal density φ. */
    static float density(float x) {
        return INVERSE_SQRT_TWO_PI * TornadoMath.exp(-0.5f * x * x);
    }

    static float sigmoid(float x) {
        return 1f / (1f + TornadoMath.exp(-x));
    }
}
