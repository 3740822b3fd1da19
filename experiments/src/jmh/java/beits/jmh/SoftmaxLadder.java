package beits.jmh;

import beits.kernel.Softmax;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Param;

/** Softmax of the attention scores of one picture in BEiT-base: 12 heads, 197 rows of 197. */
public class SoftmaxLadder extends Ladder {
    private static final int ROWS = 12 * 197;
    private static final int COLUMNS = 197;
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final VectorMask<Float> ALL = SPECIES.maskAll(true);

    /** 1 {@code Math.exp}; 2 a division less an element, by the inverse; 3 vectors with {@code lanewise(EXP)}, row by row. */
    @Param({"1-naive", "2-inverse", "3-vector", "4-device"})
    public String rung = "";

    @Override
    Rung rung() {
        float[] x = Rung.random(ROWS * COLUMNS, 1);
        float[] y = new float[x.length];
        Softmax kernel = new Softmax(slot(ROWS, COLUMNS), slot(ROWS, COLUMNS));
        List<float[]> inputs = List.of(x);
        Rung made = switch (rung.charAt(0)) {
            case '1' -> Rung.of(y, () -> scalar(x, y, false));
            case '2' -> Rung.of(y, () -> scalar(x, y, true));
            case '3' -> Rung.of(y, () -> vectors(x, y));
            default -> Rung.device("cpu", kernel, inputs);
        };
        return made.checked(kernel, inputs, 1e-6);
    }

    private static void scalar(float[] x, float[] y, boolean inverse) {
        for (int row = 0; row < x.length; row += COLUMNS) {
            float max = Float.NEGATIVE_INFINITY;
            for (int j = 0; j < COLUMNS; j++) {
                max = Math.max(max, x[row + j]);
            }
            float sum = 0;
            for (int j = 0; j < COLUMNS; j++) {
                y[row + j] = (float) Math.exp(x[row + j] - max);
                sum += y[row + j];
            }
            float factor = 1 / sum;
            for (int j = 0; j < COLUMNS; j++) {
                y[row + j] = inverse ? y[row + j] * factor : y[row + j] / sum;
            }
        }
    }

    private static void vectors(float[] x, float[] y) {
        int length = SPECIES.length();
        VectorMask<Float> tail = SPECIES.indexInRange(0, COLUMNS % length);
        int whole = COLUMNS - COLUMNS % length;
        for (int row = 0; row < x.length; row += COLUMNS) {
            FloatVector max = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
            for (int j = 0; j < whole; j += length) {
                max = max.max(FloatVector.fromArray(SPECIES, x, row + j));
            }
            FloatVector last = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY)
                    .blend(FloatVector.fromArray(SPECIES, x, row + whole, tail), tail);
            float largest = max.max(last).reduceLanes(VectorOperators.MAX);
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int j = 0; j < COLUMNS; j += length) {
                VectorMask<Float> mask = j < whole ? ALL : tail;
                FloatVector e = FloatVector.fromArray(SPECIES, x, row + j, mask)
                        .sub(largest)
                        .lanewise(VectorOperators.EXP);
                e.intoArray(y, row + j, mask);
                sum = sum.add(e, mask);
            }
            float factor = 1 / sum.reduceLanes(VectorOperators.ADD);
            for (int j = 0; j < COLUMNS; j += length) {
                VectorMask<Float> mask = j < whole ? ALL : tail;
                FloatVector.fromArray(SPECIES, y, row + j, mask).mul(factor).intoArray(y, row + j, mask);
            }
        }
    }
}
