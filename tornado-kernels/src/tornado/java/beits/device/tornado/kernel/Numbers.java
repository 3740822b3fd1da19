package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.math.TornadoMath;

/** Functions that OpenCL lacks or that Java spells differently. */
final class Numbers {
    private static final float INVERSE_SQRT_TWO_PI = 0.39894228f;

    private Numbers() {}

    /** erf within 3.4e-7: an odd rational function of degree 13 over 8 on [−4, 4]. */
    static float erf(float x) {
        float c = TornadoMath.min(TornadoMath.max(x, -4f), 4f);
        float z = c * c;
        float p = z * 1.921721376e-8f - 1.990324648e-6f;
        p = p * z + 1.555373345e-4f;
        p = p * z + 4.293071071e-3f;
        p = p * z + 5.243352194e-2f;
        p = p * z + 2.139451070e-1f;
        p = p * z + 1.128378677f;
        float q = z * 1.098042790e-3f + 1.555112587e-2f;
        q = q * z + 1.207997908e-1f;
        q = q * z + 5.229315703e-1f;
        q = q * z + 1f;
        return c * p / q;
    }

    /** The normal distribution function Φ. */
    static float normal(float x) {
        return 0.5f + 0.5f * erf(x * 0.70710678f);
    }

    /** The normal density φ. */
    static float density(float x) {
        return INVERSE_SQRT_TWO_PI * TornadoMath.exp(-0.5f * x * x);
    }

    static float sigmoid(float x) {
        return 1f / (1f + TornadoMath.exp(-x));
    }
}
