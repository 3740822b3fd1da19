package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * The functions of {@link Numbers} on vectors. OpenCL's own are scalar for TornadoVM, and a vector's bits cannot be reached, so
 * everything here is sums and products.
 */
final class VectorNumbers {
    private static final float SMALLEST = -83f;
    private static final float QUARTER_LOG2_E = 0.36067376f;
    /** Adding and subtracting it rounds to whole numbers. */
    private static final float ROUND = 12582912f;

    /** Four times ln 2, in two parts of which the first has few bits. */
    private static final float LN_16_HIGH = 2.7734375f;

    private static final float LN_16_LOW = -8.487778e-4f;

    private VectorNumbers() {}

    /**
     * {@code exp(x)} of numbers that are not positive, within 1e-6 of its value; at most 1e-36 below −83. With
     * {@code x / 4 = r − m·ln 16} and m = 0 ... 7, it is {@code (exp(r) · 16^−m)^4}: a polynomial of degree 9 for exp(r), and the
     * power from the bits of m.
     */
    static Float16 expOfNegative(Float16 x) {
        Float16 y = Float16.mult(Float16.max(x, Vectors.all(SMALLEST)), 0.25f);
        Float16 m = Float16.sub(Float16.add(Float16.mult(y, -QUARTER_LOG2_E), ROUND), ROUND);
        Float16 r = Float16.add(Float16.add(y, Float16.mult(m, LN_16_HIGH)), Float16.mult(m, LN_16_LOW));
        Float16 e = Float16.add(Float16.mult(r, 2.6336115e-6f), 2.5953592e-5f);
        e = Float16.add(Float16.mult(e, r), 1.9914634e-4f);
        e = Float16.add(Float16.mult(e, r), 0.0013873588f);
        e = Float16.add(Float16.mult(e, r), 0.0083323615f);
        e = Float16.add(Float16.mult(e, r), 0.041667357f);
        e = Float16.add(Float16.mult(e, r), 0.16666703f);
        e = Float16.add(Float16.mult(e, r), 0.49999994f);
        e = Float16.add(Float16.mult(e, r), 1f);
        e = Float16.add(Float16.mult(e, r), 1f);
        // The bits of m from the highest on: each is what m rounds to once its place is the unit.
        Float16 left = Float16.mult(m, 0.25f);
        Float16 bit = Float16.sub(Float16.add(Float16.sub(left, 0.4375f), ROUND), ROUND);
        e = Float16.mult(e, Float16.add(Float16.mult(bit, 0x1p-16f - 1f), 1f));
        left = Float16.mult(Float16.sub(left, bit), 2f);
        bit = Float16.sub(Float16.add(Float16.sub(left, 0.375f), ROUND), ROUND);
        e = Float16.mult(e, Float16.add(Float16.mult(bit, 0x1p-8f - 1f), 1f));
        left = Float16.mult(Float16.sub(left, bit), 2f);
        e = Float16.mult(e, Float16.add(Float16.mult(left, 0x1p-4f - 1f), 1f));
        e = Float16.mult(e, e);
        return Float16.mult(e, e);
    }

    /** As {@link Numbers#erf}. */
    static Float16 erf(Float16 x) {
        Float16 c = Float16.min(Float16.max(x, Vectors.all(-4f)), Vectors.all(4f));
        Float16 z = Float16.mult(c, c);
        Float16 p = Float16.sub(Float16.mult(z, 1.9217214e-8f), 1.9903246e-6f);
        p = Float16.add(Float16.mult(p, z), 1.5553733e-4f);
        p = Float16.add(Float16.mult(p, z), 0.004293071f);
        p = Float16.add(Float16.mult(p, z), 0.05243352f);
        p = Float16.add(Float16.mult(p, z), 0.2139451f);
        p = Float16.add(Float16.mult(p, z), 1.1283786f);
        Float16 q = Float16.add(Float16.mult(z, 0.0010980428f), 0.015551126f);
        q = Float16.add(Float16.mult(q, z), 0.12079979f);
        q = Float16.add(Float16.mult(q, z), 0.5229316f);
        q = Float16.add(Float16.mult(q, z), 1f);
        return Float16.div(Float16.mult(c, p), q);
    }

    /** The normal distribution function Φ. */
    static Float16 normal(Float16 x) {
        return Float16.add(Float16.mult(erf(Float16.mult(x, 0.70710677f)), 0.5f), 0.5f);
    }

    /** The normal density φ. */
    static Float16 density(Float16 x) {
        return Float16.mult(expOfNegative(Float16.mult(Float16.mult(x, x), -0.5f)), 0.3989423f);
    }
}
