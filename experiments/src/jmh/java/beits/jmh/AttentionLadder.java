package beits.jmh;

import beits.kernel.Attention;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Param;

/** Attention with a bias in one picture of BEiT-base: 12 heads of 197 tokens of 64. */
public class AttentionLadder extends Ladder {
    private static final int TOKENS = 197;
    private static final int HEADS = 12;
    private static final int SIZE = 64;
    private static final int STRIDE = 3 * HEADS * SIZE;
    private static final float SCALE = 0.125f;
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** 1 a token's scores, softmax and mix by plain loops; 2 keys transposed, loops in the order of memory; 3 the same in vectors. */
    @Param({"1-naive", "2-order", "3-vector", "4-device"})
    public String rung = "";

    private final float[] keys = new float[SIZE * TOKENS];
    private final float[] scores = new float[TOKENS];

    @Override
    Rung rung() {
        float[] qkv = Rung.random(TOKENS * STRIDE, 1);
        float[] bias = Rung.random(HEADS * TOKENS * TOKENS, 2);
        float[] out = new float[TOKENS * HEADS * SIZE];
        Attention kernel = new Attention(
                slot(1, TOKENS, 3, HEADS, SIZE),
                slot(HEADS, TOKENS, TOKENS),
                null,
                slot(1, TOKENS, HEADS, SIZE),
                SCALE);
        List<float[]> inputs = List.of(qkv, bias);
        Rung made = switch (rung.charAt(0)) {
            case '1' -> Rung.of(out, () -> naive(qkv, bias, out));
            case '2' -> Rung.of(out, () -> ordered(qkv, bias, out, false));
            case '3' -> Rung.of(out, () -> ordered(qkv, bias, out, true));
            default -> Rung.device("cpu", kernel, inputs);
        };
        return made.checked(kernel, inputs, 1e-5);
    }

    private void naive(float[] qkv, float[] bias, float[] out) {
        for (int h = 0; h < HEADS; h++) {
            for (int i = 0; i < TOKENS; i++) {
                int query = i * STRIDE + h * SIZE;
                for (int j = 0; j < TOKENS; j++) {
                    int key = j * STRIDE + (HEADS + h) * SIZE;
                    float sum = 0;
                    for (int d = 0; d < SIZE; d++) {
                        sum += qkv[query + d] * qkv[key + d];
                    }
                    scores[j] = sum * SCALE + bias[(h * TOKENS + i) * TOKENS + j];
                }
                softmax();
                for (int d = 0; d < SIZE; d++) {
                    float sum = 0;
                    for (int j = 0; j < TOKENS; j++) {
                        sum += scores[j] * qkv[j * STRIDE + (2 * HEADS + h) * SIZE + d];
                    }
                    out[(i * HEADS + h) * SIZE + d] = sum;
                }
            }
        }
    }

    private void ordered(float[] qkv, float[] bias, float[] out, boolean vectors) {
        for (int h = 0; h < HEADS; h++) {
            for (int j = 0; j < TOKENS; j++) {
                for (int d = 0; d < SIZE; d++) {
                    keys[d * TOKENS + j] = qkv[j * STRIDE + (HEADS + h) * SIZE + d] * SCALE;
                }
            }
            for (int i = 0; i < TOKENS; i++) {
                System.arraycopy(bias, (h * TOKENS + i) * TOKENS, scores, 0, TOKENS);
                for (int d = 0; d < SIZE; d++) {
                    add(qkv[i * STRIDE + h * SIZE + d], keys, d * TOKENS, scores, 0, TOKENS, vectors);
                }
                softmax();
                int result = (i * HEADS + h) * SIZE;
                Arrays.fill(out, result, result + SIZE, 0);
                for (int j = 0; j < TOKENS; j++) {
                    add(scores[j], qkv, j * STRIDE + (2 * HEADS + h) * SIZE, out, result, SIZE, vectors);
                }
            }
        }
    }

    /** y += factor·x. */
    private static void add(float factor, float[] x, int from, float[] y, int to, int size, boolean vectors) {
        int i = 0;
        if (vectors) {
            for (int end = SPECIES.loopBound(size); i < end; i += SPECIES.length()) {
                FloatVector.fromArray(SPECIES, x, from + i)
                        .fma(FloatVector.broadcast(SPECIES, factor), FloatVector.fromArray(SPECIES, y, to + i))
                        .intoArray(y, to + i);
            }
        }
        for (; i < size; i++) {
            y[to + i] += factor * x[from + i];
        }
    }

    private void softmax() {
        float max = Float.NEGATIVE_INFINITY;
        for (float score : scores) {
            max = Math.max(max, score);
        }
        float sum = 0;
        for (int j = 0; j < TOKENS; j++) {
            scores[j] = (float) Math.exp(scores[j] - max);
            sum += scores[j];
        }
        for (int j = 0; j < TOKENS; j++) {
            scores[j] /= sum;
        }
    }
}
