package beits.jmh;

import beits.kernel.LayerNorm;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Param;

/** Layer normalisation of the tokens of one picture in BEiT-base: 197 rows of 768. */
public class LayerNormLadder extends Ladder {
    private static final int ROWS = 197;
    private static final int COLUMNS = 768;
    private static final float EPS = 1e-6f;
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** 1 sums in double precision, one after the other; 2 four sums side by side; 3 vectors. */
    @Param({"1-naive", "2-unrolled", "3-vector", "4-device"})
    public String rung = "";

    @Override
    Rung rung() {
        float[] x = Rung.random(ROWS * COLUMNS, 1);
        float[] gamma = Rung.random(COLUMNS, 2);
        float[] beta = Rung.random(COLUMNS, 3);
        float[] y = new float[x.length];
        LayerNorm kernel = new LayerNorm(
                slot(ROWS, COLUMNS), slot(COLUMNS), slot(COLUMNS), slot(ROWS, COLUMNS), slot(ROWS), slot(ROWS), EPS);
        List<float[]> inputs = List.of(x, gamma, beta);
        Rung made = switch (rung.charAt(0)) {
            case '1' -> Rung.of(y, () -> naive(x, gamma, beta, y));
            case '2' -> Rung.of(y, () -> unrolled(x, gamma, beta, y));
            case '3' -> Rung.of(y, () -> vectors(x, gamma, beta, y));
            default -> Rung.device("cpu", kernel, inputs);
        };
        return made.checked(kernel, inputs, 1e-5);
    }

    private static void naive(float[] x, float[] gamma, float[] beta, float[] y) {
        for (int row = 0; row < x.length; row += COLUMNS) {
            double sum = 0;
            for (int j = 0; j < COLUMNS; j++) {
                sum += x[row + j];
            }
            double mean = sum / COLUMNS;
            double squares = 0;
            for (int j = 0; j < COLUMNS; j++) {
                squares += (x[row + j] - mean) * (x[row + j] - mean);
            }
            double scale = 1 / Math.sqrt(squares / COLUMNS + EPS);
            for (int j = 0; j < COLUMNS; j++) {
                y[row + j] = (float) ((x[row + j] - mean) * scale * gamma[j] + beta[j]);
            }
        }
    }

    private static void unrolled(float[] x, float[] gamma, float[] beta, float[] y) {
        for (int row = 0; row < x.length; row += COLUMNS) {
            float s0 = 0;
            float s1 = 0;
            float s2 = 0;
            float s3 = 0;
            for (int j = 0; j < COLUMNS; j += 4) {
                s0 += x[row + j];
                s1 += x[row + j + 1];
                s2 += x[row + j + 2];
                s3 += x[row + j + 3];
            }
            float mean = (s0 + s1 + s2 + s3) / COLUMNS;
            float q0 = 0;
            float q1 = 0;
            float q2 = 0;
            float q3 = 0;
            for (int j = 0; j < COLUMNS; j += 4) {
                float d0 = x[row + j] - mean;
                float d1 = x[row + j + 1] - mean;
                float d2 = x[row + j + 2] - mean;
                float d3 = x[row + j + 3] - mean;
                q0 += d0 * d0;
                q1 += d1 * d1;
                q2 += d2 * d2;
                q3 += d3 * d3;
            }
            float scale = (float) (1 / Math.sqrt((q0 + q1 + q2 + q3) / COLUMNS + EPS));
            for (int j = 0; j < COLUMNS; j++) {
                y[row + j] = (x[row + j] - mean) * scale * gamma[j] + beta[j];
            }
        }
    }

    private static void vectors(float[] x, float[] gamma, float[] beta, float[] y) {
        int length = SPECIES.length();
        for (int row = 0; row < x.length; row += COLUMNS) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int j = 0; j < COLUMNS; j += length) {
                sum = sum.add(FloatVector.fromArray(SPECIES, x, row + j));
            }
            float mean = sum.reduceLanes(VectorOperators.ADD) / COLUMNS;
            FloatVector squares = FloatVector.zero(SPECIES);
            for (int j = 0; j < COLUMNS; j += length) {
                FloatVector d = FloatVector.fromArray(SPECIES, x, row + j).sub(mean);
                squares = d.fma(d, squares);
            }
            float scale = (float) (1 / Math.sqrt(squares.reduceLanes(VectorOperators.ADD) / COLUMNS + EPS));
            for (int j = 0; j < COLUMNS; j += length) {
                FloatVector.fromArray(SPECIES, x, row + j)
                        .sub(mean)
                        .mul(scale)
                        .fma(FloatVector.fromArray(SPECIES, gamma, j), FloatVector.fromArray(SPECIES, beta, j))
                        .intoArray(y, row + j);
            }
        }
    }
}
