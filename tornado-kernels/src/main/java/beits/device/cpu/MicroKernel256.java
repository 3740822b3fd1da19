package beits.device.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Tiles of up to 6x16 in vectors of 256 bits. Written by {@code MicroKernelGenerator}; do not edit. */
final class MicroKernel256 implements MicroKernel {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;

    @Override
    public int rows() {
        return 6;
    }

    @Override
    public int columns() {
        return 16;
    }

    @Override
    public void multiply(
            int rows,
            int columns,
            float[] a,
            int aFirst,
            float[] b,
            int bFirst,
            int k,
            float[] t,
            int tFirst,
            int tStride) {
        if (columns == 16) {
            switch (rows) {
                case 2 -> packed2x16(a, aFirst, b, bFirst, k, t, tFirst, tStride);
                case 4 -> packed4x16(a, aFirst, b, bFirst, k, t, tFirst, tStride);
                default -> packed6x16(a, aFirst, b, bFirst, k, t, tFirst, tStride);
            }
        } else {
            switch (rows) {
                case 2 -> packed2x8(a, aFirst, b, bFirst, k, t, tFirst, tStride);
                case 4 -> packed4x8(a, aFirst, b, bFirst, k, t, tFirst, tStride);
                default -> packed6x8(a, aFirst, b, bFirst, k, t, tFirst, tStride);
            }
        }
    }

    @Override
    public void multiplyRows(
            int rows,
            int columns,
            float[] a,
            int aFirst,
            float[] b,
            int bFirst,
            int k,
            float[] t,
            int tFirst,
            int tStride) {
        if (columns == 16) {
            switch (rows) {
                case 2 -> rows2x16(a, aFirst, b, bFirst, k, t, tFirst, tStride);
                case 4 -> rows4x16(a, aFirst, b, bFirst, k, t, tFirst, tStride);
                default -> rows6x16(a, aFirst, b, bFirst, k, t, tFirst, tStride);
            }
        } else {
            switch (rows) {
                case 2 -> rows2x8(a, aFirst, b, bFirst, k, t, tFirst, tStride);
                case 4 -> rows4x8(a, aFirst, b, bFirst, k, t, tFirst, tStride);
                default -> rows6x8(a, aFirst, b, bFirst, k, t, tFirst, tStride);
            }
        }
    }

    private static void packed2x8(
            float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {
        FloatVector c0_0 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 8);
            FloatVector a0 = FloatVector.broadcast(S, a[aFirst + p * 2]);
            c0_0 = a0.fma(b0, c0_0);
            FloatVector a1 = FloatVector.broadcast(S, a[aFirst + p * 2 + 1]);
            c1_0 = a1.fma(b0, c1_0);
        }
        c0_0.intoArray(t, tFirst);
        c1_0.intoArray(t, tFirst + tStride);
    }

    private static void packed2x16(
            float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {
        FloatVector c0_0 = FloatVector.zero(S);
        FloatVector c0_1 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S);
        FloatVector c1_1 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 16);
            FloatVector b1 = FloatVector.fromArray(S, b, bFirst + p * 16 + 8);
            FloatVector a0 = FloatVector.broadcast(S, a[aFirst + p * 2]);
            c0_0 = a0.fma(b0, c0_0);
            c0_1 = a0.fma(b1, c0_1);
            FloatVector a1 = FloatVector.broadcast(S, a[aFirst + p * 2 + 1]);
            c1_0 = a1.fma(b0, c1_0);
            c1_1 = a1.fma(b1, c1_1);
        }
        c0_0.intoArray(t, tFirst);
        c0_1.intoArray(t, tFirst + 8);
        c1_0.intoArray(t, tFirst + tStride);
        c1_1.intoArray(t, tFirst + tStride + 8);
    }

    private static void packed4x8(
            float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {
        FloatVector c0_0 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 8);
            FloatVector a0 = FloatVector.broadcast(S, a[aFirst + p * 4]);
            c0_0 = a0.fma(b0, c0_0);
            FloatVector a1 = FloatVector.broadcast(S, a[aFirst + p * 4 + 1]);
            c1_0 = a1.fma(b0, c1_0);
            FloatVector a2 = FloatVector.broadcast(S, a[aFirst + p * 4 + 2]);
            c2_0 = a2.fma(b0, c2_0);
            FloatVector a3 = FloatVector.broadcast(S, a[aFirst + p * 4 + 3]);
            c3_0 = a3.fma(b0, c3_0);
        }
        c0_0.intoArray(t, tFirst);
        c1_0.intoArray(t, tFirst + tStride);
        c2_0.intoArray(t, tFirst + 2 * tStride);
        c3_0.intoArray(t, tFirst + 3 * tStride);
    }

    private static void packed4x16(
            float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {
        FloatVector c0_0 = FloatVector.zero(S);
        FloatVector c0_1 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S);
        FloatVector c1_1 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S);
        FloatVector c2_1 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S);
        FloatVector c3_1 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 16);
            FloatVector b1 = FloatVector.fromArray(S, b, bFirst + p * 16 + 8);
            FloatVector a0 = FloatVector.broadcast(S, a[aFirst + p * 4]);
            c0_0 = a0.fma(b0, c0_0);
            c0_1 = a0.fma(b1, c0_1);
            FloatVector a1 = FloatVector.broadcast(S, a[aFirst + p * 4 + 1]);
            c1_0 = a1.fma(b0, c1_0);
            c1_1 = a1.fma(b1, c1_1);
            FloatVector a2 = FloatVector.broadcast(S, a[aFirst + p * 4 + 2]);
            c2_0 = a2.fma(b0, c2_0);
            c2_1 = a2.fma(b1, c2_1);
            FloatVector a3 = FloatVector.broadcast(S, a[aFirst + p * 4 + 3]);
            c3_0 = a3.fma(b0, c3_0);
            c3_1 = a3.fma(b1, c3_1);
        }
        c0_0.intoArray(t, tFirst);
        c0_1.intoArray(t, tFirst + 8);
        c1_0.intoArray(t, tFirst + tStride);
        c1_1.intoArray(t, tFirst + tStride + 8);
        c2_0.intoArray(t, tFirst + 2 * tStride);
        c2_1.intoArray(t, tFirst + 2 * tStride + 8);
        c3_0.intoArray(t, tFirst + 3 * tStride);
        c3_1.intoArray(t, tFirst + 3 * tStride + 8);
    }

    private static void packed6x8(
            float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {
        FloatVector c0_0 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S);
        FloatVector c4_0 = FloatVector.zero(S);
        FloatVector c5_0 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 8);
            FloatVector a0 = FloatVector.broadcast(S, a[aFirst + p * 6]);
            c0_0 = a0.fma(b0, c0_0);
            FloatVector a1 = FloatVector.broadcast(S, a[aFirst + p * 6 + 1]);
            c1_0 = a1.fma(b0, c1_0);
            FloatVector a2 = FloatVector.broadcast(S, a[aFirst + p * 6 + 2]);
            c2_0 = a2.fma(b0, c2_0);
            FloatVector a3 = FloatVector.broadcast(S, a[aFirst + p * 6 + 3]);
            c3_0 = a3.fma(b0, c3_0);
            FloatVector a4 = FloatVector.broadcast(S, a[aFirst + p * 6 + 4]);
            c4_0 = a4.fma(b0, c4_0);
            FloatVector a5 = FloatVector.broadcast(S, a[aFirst + p * 6 + 5]);
            c5_0 = a5.fma(b0, c5_0);
        }
        c0_0.intoArray(t, tFirst);
        c1_0.intoArray(t, tFirst + tStride);
        c2_0.intoArray(t, tFirst + 2 * tStride);
        c3_0.intoArray(t, tFirst + 3 * tStride);
        c4_0.intoArray(t, tFirst + 4 * tStride);
        c5_0.intoArray(t, tFirst + 5 * tStride);
    }

    private static void packed6x16(
            float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {
        FloatVector c0_0 = FloatVector.zero(S);
        FloatVector c0_1 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S);
        FloatVector c1_1 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S);
        FloatVector c2_1 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S);
        FloatVector c3_1 = FloatVector.zero(S);
        FloatVector c4_0 = FloatVector.zero(S);
        FloatVector c4_1 = FloatVector.zero(S);
        FloatVector c5_0 = FloatVector.zero(S);
        FloatVector c5_1 = FloatVector.zero(S);
        // Never reached by p; see the generator.
        int never = -1 - tStride;
        int neverEither = -2 - tStride;
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 16);
            FloatVector b1 = FloatVector.fromArray(S, b, bFirst + p * 16 + 8);
            FloatVector a0 = FloatVector.broadcast(S, a[aFirst + p * 6]);
            c0_0 = a0.fma(b0, c0_0);
            c0_1 = a0.fma(b1, c0_1);
            FloatVector a1 = FloatVector.broadcast(S, a[aFirst + p * 6 + 1]);
            c1_0 = a1.fma(b0, c1_0);
            c1_1 = a1.fma(b1, c1_1);
            if (p == never) {
                break;
            }
            FloatVector a2 = FloatVector.broadcast(S, a[aFirst + p * 6 + 2]);
            c2_0 = a2.fma(b0, c2_0);
            c2_1 = a2.fma(b1, c2_1);
            FloatVector a3 = FloatVector.broadcast(S, a[aFirst + p * 6 + 3]);
            c3_0 = a3.fma(b0, c3_0);
            c3_1 = a3.fma(b1, c3_1);
            if (p == neverEither) {
                break;
            }
            FloatVector a4 = FloatVector.broadcast(S, a[aFirst + p * 6 + 4]);
            c4_0 = a4.fma(b0, c4_0);
            c4_1 = a4.fma(b1, c4_1);
            FloatVector a5 = FloatVector.broadcast(S, a[aFirst + p * 6 + 5]);
            c5_0 = a5.fma(b0, c5_0);
            c5_1 = a5.fma(b1, c5_1);
        }
        c0_0.intoArray(t, tFirst);
        c0_1.intoArray(t, tFirst + 8);
        c1_0.intoArray(t, tFirst + tStride);
        c1_1.intoArray(t, tFirst + tStride + 8);
        c2_0.intoArray(t, tFirst + 2 * tStride);
        c2_1.intoArray(t, tFirst + 2 * tStride + 8);
        c3_0.intoArray(t, tFirst + 3 * tStride);
        c3_1.intoArray(t, tFirst + 3 * tStride + 8);
        c4_0.intoArray(t, tFirst + 4 * tStride);
        c4_1.intoArray(t, tFirst + 4 * tStride + 8);
        c5_0.intoArray(t, tFirst + 5 * tStride);
        c5_1.intoArray(t, tFirst + 5 * tStride + 8);
    }

    private static void rows2x8(
            float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {
        FloatVector c0_0 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 8);
            FloatVector a0 = FloatVector.broadcast(S, a[aFirst + p]);
            c0_0 = a0.fma(b0, c0_0);
            FloatVector a1 = FloatVector.broadcast(S, a[aFirst + p + 1 * ROW_STRIDE]);
            c1_0 = a1.fma(b0, c1_0);
        }
        c0_0.intoArray(t, tFirst);
        c1_0.intoArray(t, tFirst + tStride);
    }

    private static void rows2x16(
            float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {
        FloatVector c0_0 = FloatVector.zero(S);
        FloatVector c0_1 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S);
        FloatVector c1_1 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 16);
            FloatVector b1 = FloatVector.fromArray(S, b, bFirst + p * 16 + 8);
            FloatVector a0 = FloatVector.broadcast(S, a[aFirst + p]);
            c0_0 = a0.fma(b0, c0_0);
            c0_1 = a0.fma(b1, c0_1);
            FloatVector a1 = FloatVector.broadcast(S, a[aFirst + p + 1 * ROW_STRIDE]);
            c1_0 = a1.fma(b0, c1_0);
            c1_1 = a1.fma(b1, c1_1);
        }
        c0_0.intoArray(t, tFirst);
        c0_1.intoArray(t, tFirst + 8);
        c1_0.intoArray(t, tFirst + tStride);
        c1_1.intoArray(t, tFirst + tStride + 8);
    }

    private static void rows4x8(
            float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {
        FloatVector c0_0 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 8);
            FloatVector a0 = FloatVector.broadcast(S, a[aFirst + p]);
            c0_0 = a0.fma(b0, c0_0);
            FloatVector a1 = FloatVector.broadcast(S, a[aFirst + p + 1 * ROW_STRIDE]);
            c1_0 = a1.fma(b0, c1_0);
            FloatVector a2 = FloatVector.broadcast(S, a[aFirst + p + 2 * ROW_STRIDE]);
            c2_0 = a2.fma(b0, c2_0);
            FloatVector a3 = FloatVector.broadcast(S, a[aFirst + p + 3 * ROW_STRIDE]);
            c3_0 = a3.fma(b0, c3_0);
        }
        c0_0.intoArray(t, tFirst);
        c1_0.intoArray(t, tFirst + tStride);
        c2_0.intoArray(t, tFirst + 2 * tStride);
        c3_0.intoArray(t, tFirst + 3 * tStride);
    }

    private static void rows4x16(
            float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {
        FloatVector c0_0 = FloatVector.zero(S);
        FloatVector c0_1 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S);
        FloatVector c1_1 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S);
        FloatVector c2_1 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S);
        FloatVector c3_1 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 16);
            FloatVector b1 = FloatVector.fromArray(S, b, bFirst + p * 16 + 8);
            FloatVector a0 = FloatVector.broadcast(S, a[aFirst + p]);
            c0_0 = a0.fma(b0, c0_0);
            c0_1 = a0.fma(b1, c0_1);
            FloatVector a1 = FloatVector.broadcast(S, a[aFirst + p + 1 * ROW_STRIDE]);
            c1_0 = a1.fma(b0, c1_0);
            c1_1 = a1.fma(b1, c1_1);
            FloatVector a2 = FloatVector.broadcast(S, a[aFirst + p + 2 * ROW_STRIDE]);
            c2_0 = a2.fma(b0, c2_0);
            c2_1 = a2.fma(b1, c2_1);
            FloatVector a3 = FloatVector.broadcast(S, a[aFirst + p + 3 * ROW_STRIDE]);
            c3_0 = a3.fma(b0, c3_0);
            c3_1 = a3.fma(b1, c3_1);
        }
        c0_0.intoArray(t, tFirst);
        c0_1.intoArray(t, tFirst + 8);
        c1_0.intoArray(t, tFirst + tStride);
        c1_1.intoArray(t, tFirst + tStride + 8);
        c2_0.intoArray(t, tFirst + 2 * tStride);
        c2_1.intoArray(t, tFirst + 2 * tStride + 8);
        c3_0.intoArray(t, tFirst + 3 * tStride);
        c3_1.intoArray(t, tFirst + 3 * tStride + 8);
    }

    private static void rows6x8(
            float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {
        FloatVector c0_0 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S);
        FloatVector c4_0 = FloatVector.zero(S);
        FloatVector c5_0 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 8);
            FloatVector a0 = FloatVector.broadcast(S, a[aFirst + p]);
            c0_0 = a0.fma(b0, c0_0);
            FloatVector a1 = FloatVector.broadcast(S, a[aFirst + p + 1 * ROW_STRIDE]);
            c1_0 = a1.fma(b0, c1_0);
            FloatVector a2 = FloatVector.broadcast(S, a[aFirst + p + 2 * ROW_STRIDE]);
            c2_0 = a2.fma(b0, c2_0);
            FloatVector a3 = FloatVector.broadcast(S, a[aFirst + p + 3 * ROW_STRIDE]);
            c3_0 = a3.fma(b0, c3_0);
            FloatVector a4 = FloatVector.broadcast(S, a[aFirst + p + 4 * ROW_STRIDE]);
            c4_0 = a4.fma(b0, c4_0);
            FloatVector a5 = FloatVector.broadcast(S, a[aFirst + p + 5 * ROW_STRIDE]);
            c5_0 = a5.fma(b0, c5_0);
        }
        c0_0.intoArray(t, tFirst);
        c1_0.intoArray(t, tFirst + tStride);
        c2_0.intoArray(t, tFirst + 2 * tStride);
        c3_0.intoArray(t, tFirst + 3 * tStride);
        c4_0.intoArray(t, tFirst + 4 * tStride);
        c5_0.intoArray(t, tFirst + 5 * tStride);
    }

    private static void rows6x16(
            float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {
        FloatVector c0_0 = FloatVector.zero(S);
        FloatVector c0_1 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S);
        FloatVector c1_1 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S);
        FloatVector c2_1 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S);
        FloatVector c3_1 = FloatVector.zero(S);
        FloatVector c4_0 = FloatVector.zero(S);
        FloatVector c4_1 = FloatVector.zero(S);
        FloatVector c5_0 = FloatVector.zero(S);
        FloatVector c5_1 = FloatVector.zero(S);
        // Never reached by p; see the generator.
        int never = -1 - tStride;
        int neverEither = -2 - tStride;
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 16);
            FloatVector b1 = FloatVector.fromArray(S, b, bFirst + p * 16 + 8);
            FloatVector a0 = FloatVector.broadcast(S, a[aFirst + p]);
            c0_0 = a0.fma(b0, c0_0);
            c0_1 = a0.fma(b1, c0_1);
            FloatVector a1 = FloatVector.broadcast(S, a[aFirst + p + 1 * ROW_STRIDE]);
            c1_0 = a1.fma(b0, c1_0);
            c1_1 = a1.fma(b1, c1_1);
            if (p == never) {
                break;
            }
            FloatVector a2 = FloatVector.broadcast(S, a[aFirst + p + 2 * ROW_STRIDE]);
            c2_0 = a2.fma(b0, c2_0);
            c2_1 = a2.fma(b1, c2_1);
            FloatVector a3 = FloatVector.broadcast(S, a[aFirst + p + 3 * ROW_STRIDE]);
            c3_0 = a3.fma(b0, c3_0);
            c3_1 = a3.fma(b1, c3_1);
            if (p == neverEither) {
                break;
            }
            FloatVector a4 = FloatVector.broadcast(S, a[aFirst + p + 4 * ROW_STRIDE]);
            c4_0 = a4.fma(b0, c4_0);
            c4_1 = a4.fma(b1, c4_1);
            FloatVector a5 = FloatVector.broadcast(S, a[aFirst + p + 5 * ROW_STRIDE]);
            c5_0 = a5.fma(b0, c5_0);
            c5_1 = a5.fma(b1, c5_1);
        }
        c0_0.intoArray(t, tFirst);
        c0_1.intoArray(t, tFirst + 8);
        c1_0.intoArray(t, tFirst + tStride);
        c1_1.intoArray(t, tFirst + tStride + 8);
        c2_0.intoArray(t, tFirst + 2 * tStride);
        c2_1.intoArray(t, tFirst + 2 * tStride + 8);
        c3_0.intoArray(t, tFirst + 3 * tStride);
        c3_1.intoArray(t, tFirst + 3 * tStride + 8);
        c4_0.intoArray(t, tFirst + 4 * tStride);
        c4_1.intoArray(t, tFirst + 4 * tStride + 8);
        c5_0.intoArray(t, tFirst + 5 * tStride);
        c5_1.intoArray(t, tFirst + 5 * tStride + 8);
    }
}
