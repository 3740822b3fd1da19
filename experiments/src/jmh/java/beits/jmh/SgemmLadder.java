package beits.jmh;

import beits.kernel.Epilogue;
import beits.kernel.MatMul;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Param;

/** c = a·b of 197 rows, a projection of BEiT-base on one picture: 0.232 GFLOP. */
public class SgemmLadder extends Ladder {
    private static final int M = 197;
    private static final int N = 768;
    private static final int K = 768;
    private static final int BLOCK = 64;
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** 1 sums along k; 2 the loops in the order of memory; 3 the same in blocks of the cache; 4 vectors; 5 tiles in registers. */
    @Param({"1-naive", "2-order", "3-blocked", "4-vector", "5-tile", "6-device"})
    public String rung = "";

    @Override
    Rung rung() {
        float[] a = Rung.random(M * K, 1);
        float[] b = Rung.random(K * N, 2);
        float[] c = new float[M * N];
        MatMul kernel = new MatMul(slot(M, K), slot(K, N), slot(M, N), false, false, false, new Epilogue.None());
        List<float[]> inputs = List.of(a, b);
        Rung made = switch (rung.charAt(0)) {
            case '1' -> Rung.of(c, () -> naive(a, b, c));
            case '2' -> Rung.of(c, () -> ordered(a, b, c));
            case '3' -> Rung.of(c, () -> blocked(a, b, c));
            case '4' -> Rung.of(c, () -> vectors(a, b, c));
            case '5' -> Rung.of(c, () -> tiles(a, b, c));
            default -> Rung.device("cpu", kernel, inputs);
        };
        return made.checked(kernel, inputs, 1e-5);
    }

    private static void naive(float[] a, float[] b, float[] c) {
        for (int i = 0; i < M; i++) {
            for (int j = 0; j < N; j++) {
                float sum = 0;
                for (int p = 0; p < K; p++) {
                    sum += a[i * K + p] * b[p * N + j];
                }
                c[i * N + j] = sum;
            }
        }
    }

    private static void ordered(float[] a, float[] b, float[] c) {
        Arrays.fill(c, 0);
        for (int i = 0; i < M; i++) {
            for (int p = 0; p < K; p++) {
                float factor = a[i * K + p];
                for (int j = 0; j < N; j++) {
                    c[i * N + j] += factor * b[p * N + j];
                }
            }
        }
    }

    private static void blocked(float[] a, float[] b, float[] c) {
        Arrays.fill(c, 0);
        for (int from = 0; from < K; from += BLOCK) {
            for (int i = 0; i < M; i++) {
                for (int p = from; p < from + BLOCK; p++) {
                    float factor = a[i * K + p];
                    for (int j = 0; j < N; j++) {
                        c[i * N + j] += factor * b[p * N + j];
                    }
                }
            }
        }
    }

    private static void vectors(float[] a, float[] b, float[] c) {
        for (int i = 0; i < M; i++) {
            for (int j = 0; j < N; j += SPECIES.length()) {
                FloatVector sum = FloatVector.zero(SPECIES);
                for (int p = 0; p < K; p++) {
                    sum = FloatVector.fromArray(SPECIES, b, p * N + j)
                            .fma(FloatVector.broadcast(SPECIES, a[i * K + p]), sum);
                }
                sum.intoArray(c, i * N + j);
            }
        }
    }

    /** Four rows and two vectors of columns at a time: eight sums that do not wait for each other, each load used four times or twice. */
    private static void tiles(float[] a, float[] b, float[] c) {
        int length = SPECIES.length();
        int i = 0;
        for (; i + 4 <= M; i += 4) {
            for (int j = 0; j < N; j += 2 * length) {
                tile(a, b, c, i * K, i * N + j, j);
            }
        }
        for (; i < M; i++) {
            for (int j = 0; j < N; j += length) {
                FloatVector sum = FloatVector.zero(SPECIES);
                for (int p = 0; p < K; p++) {
                    sum = FloatVector.fromArray(SPECIES, b, p * N + j)
                            .fma(FloatVector.broadcast(SPECIES, a[i * K + p]), sum);
                }
                sum.intoArray(c, i * N + j);
            }
        }
    }

    private static void tile(float[] a, float[] b, float[] c, int row, int result, int j) {
        int length = SPECIES.length();
        FloatVector s00 = FloatVector.zero(SPECIES);
        FloatVector s01 = s00;
        FloatVector s10 = s00;
        FloatVector s11 = s00;
        FloatVector s20 = s00;
        FloatVector s21 = s00;
        FloatVector s30 = s00;
        FloatVector s31 = s00;
        for (int p = 0; p < K; p++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, p * N + j);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, p * N + j + length);
            FloatVector factor = FloatVector.broadcast(SPECIES, a[row + p]);
            s00 = factor.fma(b0, s00);
            s01 = factor.fma(b1, s01);
            factor = FloatVector.broadcast(SPECIES, a[row + K + p]);
            s10 = factor.fma(b0, s10);
            s11 = factor.fma(b1, s11);
            factor = FloatVector.broadcast(SPECIES, a[row + 2 * K + p]);
            s20 = factor.fma(b0, s20);
            s21 = factor.fma(b1, s21);
            factor = FloatVector.broadcast(SPECIES, a[row + 3 * K + p]);
            s30 = factor.fma(b0, s30);
            s31 = factor.fma(b1, s31);
        }
        s00.intoArray(c, result);
        s01.intoArray(c, result + length);
        s10.intoArray(c, result + N);
        s11.intoArray(c, result + N + length);
        s20.intoArray(c, result + 2 * N);
        s21.intoArray(c, result + 2 * N + length);
        s30.intoArray(c, result + 3 * N);
        s31.intoArray(c, result + 3 * N + length);
    }
}
