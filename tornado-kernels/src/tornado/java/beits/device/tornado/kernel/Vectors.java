package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/** Vectors of 16 floats from and to plain arrays. Written by {@code VectorProductsGenerator}; do not edit. */
final class Vectors {
    /** Lanes of a vector. */
    static final int LANES = 16;

    private Vectors() {}

    /** {@code x[at], x[at + 1] ...}. */
    static Float16 load(FloatArray x, int at) {
        return new Float16(x.get(at), x.get(at + 1), x.get(at + 2), x.get(at + 3), x.get(at + 4), x.get(at + 5), x.get(at + 6), x.get(at + 7), x.get(at + 8), x.get(at + 9), x.get(at + 10), x.get(at + 11), x.get(at + 12), x.get(at + 13), x.get(at + 14), x.get(at + 15));
    }

    /** {@code y[at], y[at + 1] ... = v}. */
    static void store(FloatArray y, int at, Float16 v) {
        y.set(at, v.getS0());
        y.set(at + 1, v.getS1());
        y.set(at + 2, v.getS2());
        y.set(at + 3, v.getS3());
        y.set(at + 4, v.getS4());
        y.set(at + 5, v.getS5());
        y.set(at + 6, v.getS6());
        y.set(at + 7, v.getS7());
        y.set(at + 8, v.getS8());
        y.set(at + 9, v.getS9());
        y.set(at + 10, v.getS10());
        y.set(at + 11, v.getS11());
        y.set(at + 12, v.getS12());
        y.set(at + 13, v.getS13());
        y.set(at + 14, v.getS14());
        y.set(at + 15, v.getS15());
    }

    /** The same number in all lanes. */
    static Float16 all(float x) {
        return new Float16(x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x);
    }

    /** The sum of all lanes. */
    static float sum(Float16 v) {
        return ((((v.getS0() + v.getS8()) + (v.getS4() + v.getS12())) + ((v.getS2() + v.getS10()) + (v.getS6() + v.getS14()))) + (((v.getS1() + v.getS9()) + (v.getS5() + v.getS13())) + ((v.getS3() + v.getS11()) + (v.getS7() + v.getS15()))));
    }

    /** The largest of all lanes. */
    static float max(Float16 v) {
        return TornadoMath.max(TornadoMath.max(TornadoMath.max(TornadoMath.max(v.getS0(), v.getS8()), TornadoMath.max(v.getS4(), v.getS12())), TornadoMath.max(TornadoMath.max(v.getS2(), v.getS10()), TornadoMath.max(v.getS6(), v.getS14()))), TornadoMath.max(TornadoMath.max(TornadoMath.max(v.getS1(), v.getS9()), TornadoMath.max(v.getS5(), v.getS13())), TornadoMath.max(TornadoMath.max(v.getS3(), v.getS11()), TornadoMath.max(v.getS7(), v.getS15()))));
    }

    /** The root of each lane. */
    static Float16 sqrt(Float16 v) {
        return new Float16(TornadoMath.sqrt(v.getS0()), TornadoMath.sqrt(v.getS1()), TornadoMath.sqrt(v.getS2()), TornadoMath.sqrt(v.getS3()), TornadoMath.sqrt(v.getS4()), TornadoMath.sqrt(v.getS5()), TornadoMath.sqrt(v.getS6()), TornadoMath.sqrt(v.getS7()), TornadoMath.sqrt(v.getS8()), TornadoMath.sqrt(v.getS9()), TornadoMath.sqrt(v.getS10()), TornadoMath.sqrt(v.getS11()), TornadoMath.sqrt(v.getS12()), TornadoMath.sqrt(v.getS13()), TornadoMath.sqrt(v.getS14()), TornadoMath.sqrt(v.getS15()));
    }
}
