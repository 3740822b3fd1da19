package beits.jmh;

import beits.kernel.Unary;
import beits.kernel.UnaryFunction;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.apache.commons.math3.special.Erf;
import org.openjdk.jmh.annotations.Param;

/** GELU with the error function on the hidden layer of one picture in BEiT-base: 197 rows of 3072. */
public class GeluLadder extends Ladder {
    private static final int SIZE = 197 * 3072;
    private static final float ROOT_HALF = (float) Math.sqrt(0.5);
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** Abramowitz and Stegun 7.1.26, 1.5e-7: erf(x) = 1 − t·(a1 + t·(a2 + …))·exp(−x²), t = 1 / (1 + p·x), x at least 0. */
    private static final float P = 0.3275911f;

    private static final float[] A = {0.254829592f, -0.284496736f, 1.421413741f, -1.453152027f, 1.061405429f};

    /** 1 Commons Math's erf; 2 a polynomial and {@code Math.exp}; 3 the same in vectors. */
    @Param({"1-naive", "2-polynomial", "3-vector", "4-device"})
    public String rung = "";

    @Override
    Rung rung() {
        float[] x = Rung.random(SIZE, 1);
        for (int i = 0; i < SIZE; i++) {
            x[i] *= 4;
        }
        float[] y = new float[SIZE];
        Unary kernel = new Unary(UnaryFunction.GELU, slot(SIZE), slot(SIZE));
        List<float[]> inputs = List.of(x);
        Rung made = switch (rung.charAt(0)) {
            case '1' -> Rung.of(y, () -> naive(x, y));
            case '2' -> Rung.of(y, () -> polynomial(x, y));
            case '3' -> Rung.of(y, () -> vectors(x, y));
            default -> Rung.device("cpu", kernel, inputs);
        };
        return made.checked(kernel, inputs, 1e-6);
    }

    private static void naive(float[] x, float[] y) {
        for (int i = 0; i < SIZE; i++) {
            y[i] = (float) (0.5 * x[i] * (1 + Erf.erf(x[i] * ROOT_HALF)));
        }
    }

    private static void polynomial(float[] x, float[] y) {
        for (int i = 0; i < SIZE; i++) {
            float z = Math.abs(x[i]) * ROOT_HALF;
            float t = 1 / (1 + P * z);
            float sum = t * (A[0] + t * (A[1] + t * (A[2] + t * (A[3] + t * A[4]))));
            float erf = 1 - sum * (float) Math.exp(-z * z);
            y[i] = 0.5f * x[i] * (1 + Math.copySign(erf, x[i]));
        }
    }

    private static void vectors(float[] x, float[] y) {
        FloatVector one = FloatVector.broadcast(SPECIES, 1);
        FloatVector a0 = FloatVector.broadcast(SPECIES, A[0]);
        FloatVector a1 = FloatVector.broadcast(SPECIES, A[1]);
        FloatVector a2 = FloatVector.broadcast(SPECIES, A[2]);
        FloatVector a3 = FloatVector.broadcast(SPECIES, A[3]);
        FloatVector a4 = FloatVector.broadcast(SPECIES, A[4]);
        for (int i = 0; i < SIZE; i += SPECIES.length()) {
            FloatVector v = FloatVector.fromArray(SPECIES, x, i);
            FloatVector z = v.abs().mul(ROOT_HALF);
            FloatVector t = one.div(z.mul(P).add(one));
            FloatVector sum = t.fma(a4, a3).fma(t, a2).fma(t, a1).fma(t, a0).mul(t);
            FloatVector erf = one.sub(sum.mul(z.mul(z).neg().lanewise(VectorOperators.EXP)));
            FloatVector signed = erf.blend(erf.neg(), v.lt(0));
            v.mul(0.5f).mul(signed.add(one)).intoArray(y, i);
        }
    }
}
