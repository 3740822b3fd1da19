package beits.device.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Tiles of up to 12x32 in vectors of 512 bits. Written by {@code MicroKernelGenerator}; do not edit. */
final class MicroKernel512 implements MicroKernel {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;

    @Override
    public int rows() {
        return 12;
    }

    @Override
    public int columns() {
        return 32;
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
        if (columns == 32) {
            switch (rows) {
                case 4 -> packed4x32(a, aFirst, b, bFirst, k, t, tFirst, tStride);
                case 8 -> packed8x32(a, aFirst, b, bFirst, k, t, tFirst, tStride);
                default -> packed12x32(a, aFirst, b, bFirst, k, t, tFirst, tStride);
            }
        } else {
            switch (rows) {
                case 4 -> packed4x16(a, aFirst, b, bFirst, k, t, tFirst, tStride);
                case 8 -> packed8x16(a, aFirst, b, bFirst, k, t, tFirst, tStride);
                default -> packed12x16(a, aFirst, b, bFirst, k, t, tFirst, tStride);
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
        if (columns == 32) {
            switch (rows) {
                case 4 -> rows4x32(a, aFirst, b, bFirst, k, t, tFirst, tStride);
                case 8 -> rows8x32(a, aFirst, b, bFirst, k, t, tFirst, tStride);
                default -> rows12x32(a, aFirst, b, bFirst, k, t, tFirst, tStride);
            }
        } else {
            switch (rows) {
                case 4 -> rows4x16(a, aFirst, b, bFirst, k, t, tFirst, tStride);
                case 8 -> rows8x16(a, aFirst, b, bFirst, k, t, tFirst, tStride);
                default -> rows12x16(a, aFirst, b, bFirst, k, t, tFirst, tStride);
            }
        }
    }

    private static void packed4x16(
            float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {
        FloatVector c0_0 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 16);
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

    private static void packed4x32(
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
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 32);
            FloatVector b1 = FloatVector.fromArray(S, b, bFirst + p * 32 + 16);
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
        c0_1.intoArray(t, tFirst + 16);
        c1_0.intoArray(t, tFirst + tStride);
        c1_1.intoArray(t, tFirst + tStride + 16);
        c2_0.intoArray(t, tFirst + 2 * tStride);
        c2_1.intoArray(t, tFirst + 2 * tStride + 16);
        c3_0.intoArray(t, tFirst + 3 * tStride);
        c3_1.intoArray(t, tFirst + 3 * tStride + 16);
    }

    private static void packed8x16(
            float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {
        FloatVector c0_0 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S);
        FloatVector c4_0 = FloatVector.zero(S);
        FloatVector c5_0 = FloatVector.zero(S);
        FloatVector c6_0 = FloatVector.zero(S);
        FloatVector c7_0 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 16);
            FloatVector a0 = FloatVector.broadcast(S, a[aFirst + p * 8]);
            c0_0 = a0.fma(b0, c0_0);
            FloatVector a1 = FloatVector.broadcast(S, a[aFirst + p * 8 + 1]);
            c1_0 = a1.fma(b0, c1_0);
            FloatVector a2 = FloatVector.broadcast(S, a[aFirst + p * 8 + 2]);
            c2_0 = a2.fma(b0, c2_0);
            FloatVector a3 = FloatVector.broadcast(S, a[aFirst + p * 8 + 3]);
            c3_0 = a3.fma(b0, c3_0);
            FloatVector a4 = FloatVector.broadcast(S, a[aFirst + p * 8 + 4]);
            c4_0 = a4.fma(b0, c4_0);
            FloatVector a5 = FloatVector.broadcast(S, a[aFirst + p * 8 + 5]);
            c5_0 = a5.fma(b0, c5_0);
            FloatVector a6 = FloatVector.broadcast(S, a[aFirst + p * 8 + 6]);
            c6_0 = a6.fma(b0, c6_0);
            FloatVector a7 = FloatVector.broadcast(S, a[aFirst + p * 8 + 7]);
            c7_0 = a7.fma(b0, c7_0);
        }
        c0_0.intoArray(t, tFirst);
        c1_0.intoArray(t, tFirst + tStride);
        c2_0.intoArray(t, tFirst + 2 * tStride);
        c3_0.intoArray(t, tFirst + 3 * tStride);
        c4_0.intoArray(t, tFirst + 4 * tStride);
        c5_0.intoArray(t, tFirst + 5 * tStride);
        c6_0.intoArray(t, tFirst + 6 * tStride);
        c7_0.intoArray(t, tFirst + 7 * tStride);
    }

    private static void packed8x32(
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
        FloatVector c6_0 = FloatVector.zero(S);
        FloatVector c6_1 = FloatVector.zero(S);
        FloatVector c7_0 = FloatVector.zero(S);
        FloatVector c7_1 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 32);
            FloatVector b1 = FloatVector.fromArray(S, b, bFirst + p * 32 + 16);
            FloatVector a0 = FloatVector.broadcast(S, a[aFirst + p * 8]);
            c0_0 = a0.fma(b0, c0_0);
            c0_1 = a0.fma(b1, c0_1);
            FloatVector a1 = FloatVector.broadcast(S, a[aFirst + p * 8 + 1]);
            c1_0 = a1.fma(b0, c1_0);
            c1_1 = a1.fma(b1, c1_1);
            FloatVector a2 = FloatVector.broadcast(S, a[aFirst + p * 8 + 2]);
            c2_0 = a2.fma(b0, c2_0);
            c2_1 = a2.fma(b1, c2_1);
            FloatVector a3 = FloatVector.broadcast(S, a[aFirst + p * 8 + 3]);
            c3_0 = a3.fma(b0, c3_0);
            c3_1 = a3.fma(b1, c3_1);
            FloatVector a4 = FloatVector.broadcast(S, a[aFirst + p * 8 + 4]);
            c4_0 = a4.fma(b0, c4_0);
            c4_1 = a4.fma(b1, c4_1);
            FloatVector a5 = FloatVector.broadcast(S, a[aFirst + p * 8 + 5]);
            c5_0 = a5.fma(b0, c5_0);
            c5_1 = a5.fma(b1, c5_1);
            FloatVector a6 = FloatVector.broadcast(S, a[aFirst + p * 8 + 6]);
            c6_0 = a6.fma(b0, c6_0);
            c6_1 = a6.fma(b1, c6_1);
            FloatVector a7 = FloatVector.broadcast(S, a[aFirst + p * 8 + 7]);
            c7_0 = a7.fma(b0, c7_0);
            c7_1 = a7.fma(b1, c7_1);
        }
        c0_0.intoArray(t, tFirst);
        c0_1.intoArray(t, tFirst + 16);
        c1_0.intoArray(t, tFirst + tStride);
        c1_1.intoArray(t, tFirst + tStride + 16);
        c2_0.intoArray(t, tFirst + 2 * tStride);
        c2_1.intoArray(t, tFirst + 2 * tStride + 16);
        c3_0.intoArray(t, tFirst + 3 * tStride);
        c3_1.intoArray(t, tFirst + 3 * tStride + 16);
        c4_0.intoArray(t, tFirst + 4 * tStride);
        c4_1.intoArray(t, tFirst + 4 * tStride + 16);
        c5_0.intoArray(t, tFirst + 5 * tStride);
        c5_1.intoArray(t, tFirst + 5 * tStride + 16);
        c6_0.intoArray(t, tFirst + 6 * tStride);
        c6_1.intoArray(t, tFirst + 6 * tStride + 16);
        c7_0.intoArray(t, tFirst + 7 * tStride);
        c7_1.intoArray(t, tFirst + 7 * tStride + 16);
    }

    private static void packed12x16(
            float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {
        FloatVector c0_0 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S);
        FloatVector c4_0 = FloatVector.zero(S);
        FloatVector c5_0 = FloatVector.zero(S);
        FloatVector c6_0 = FloatVector.zero(S);
        FloatVector c7_0 = FloatVector.zero(S);
        FloatVector c8_0 = FloatVector.zero(S);
        FloatVector c9_0 = FloatVector.zero(S);
        FloatVector c10_0 = FloatVector.zero(S);
        FloatVector c11_0 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 16);
            FloatVector a0 = FloatVector.broadcast(S, a[aFirst + p * 12]);
            c0_0 = a0.fma(b0, c0_0);
            FloatVector a1 = FloatVector.broadcast(S, a[aFirst + p * 12 + 1]);
            c1_0 = a1.fma(b0, c1_0);
            FloatVector a2 = FloatVector.broadcast(S, a[aFirst + p * 12 + 2]);
            c2_0 = a2.fma(b0, c2_0);
            FloatVector a3 = FloatVector.broadcast(S, a[aFirst + p * 12 + 3]);
            c3_0 = a3.fma(b0, c3_0);
            FloatVector a4 = FloatVector.broadcast(S, a[aFirst + p * 12 + 4]);
            c4_0 = a4.fma(b0, c4_0);
            FloatVector a5 = FloatVector.broadcast(S, a[aFirst + p * 12 + 5]);
            c5_0 = a5.fma(b0, c5_0);
            FloatVector a6 = FloatVector.broadcast(S, a[aFirst + p * 12 + 6]);
            c6_0 = a6.fma(b0, c6_0);
            FloatVector a7 = FloatVector.broadcast(S, a[aFirst + p * 12 + 7]);
            c7_0 = a7.fma(b0, c7_0);
            FloatVector a8 = FloatVector.broadcast(S, a[aFirst + p * 12 + 8]);
            c8_0 = a8.fma(b0, c8_0);
            FloatVector a9 = FloatVector.broadcast(S, a[aFirst + p * 12 + 9]);
            c9_0 = a9.fma(b0, c9_0);
            FloatVector a10 = FloatVector.broadcast(S, a[aFirst + p * 12 + 10]);
            c10_0 = a10.fma(b0, c10_0);
            FloatVector a11 = FloatVector.broadcast(S, a[aFirst + p * 12 + 11]);
            c11_0 = a11.fma(b0, c11_0);
        }
        c0_0.intoArray(t, tFirst);
        c1_0.intoArray(t, tFirst + tStride);
        c2_0.intoArray(t, tFirst + 2 * tStride);
        c3_0.intoArray(t, tFirst + 3 * tStride);
        c4_0.intoArray(t, tFirst + 4 * tStride);
        c5_0.intoArray(t, tFirst + 5 * tStride);
        c6_0.intoArray(t, tFirst + 6 * tStride);
        c7_0.intoArray(t, tFirst + 7 * tStride);
        c8_0.intoArray(t, tFirst + 8 * tStride);
        c9_0.intoArray(t, tFirst + 9 * tStride);
        c10_0.intoArray(t, tFirst + 10 * tStride);
        c11_0.intoArray(t, tFirst + 11 * tStride);
    }

    private static void packed12x32(
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
        FloatVector c6_0 = FloatVector.zero(S);
        FloatVector c6_1 = FloatVector.zero(S);
        FloatVector c7_0 = FloatVector.zero(S);
        FloatVector c7_1 = FloatVector.zero(S);
        FloatVector c8_0 = FloatVector.zero(S);
        FloatVector c8_1 = FloatVector.zero(S);
        FloatVector c9_0 = FloatVector.zero(S);
        FloatVector c9_1 = FloatVector.zero(S);
        FloatVector c10_0 = FloatVector.zero(S);
        FloatVector c10_1 = FloatVector.zero(S);
        FloatVector c11_0 = FloatVector.zero(S);
        FloatVector c11_1 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 32);
            FloatVector b1 = FloatVector.fromArray(S, b, bFirst + p * 32 + 16);
            FloatVector a0 = FloatVector.broadcast(S, a[aFirst + p * 12]);
            c0_0 = a0.fma(b0, c0_0);
            c0_1 = a0.fma(b1, c0_1);
            FloatVector a1 = FloatVector.broadcast(S, a[aFirst + p * 12 + 1]);
            c1_0 = a1.fma(b0, c1_0);
            c1_1 = a1.fma(b1, c1_1);
            FloatVector a2 = FloatVector.broadcast(S, a[aFirst + p * 12 + 2]);
            c2_0 = a2.fma(b0, c2_0);
            c2_1 = a2.fma(b1, c2_1);
            FloatVector a3 = FloatVector.broadcast(S, a[aFirst + p * 12 + 3]);
            c3_0 = a3.fma(b0, c3_0);
            c3_1 = a3.fma(b1, c3_1);
            FloatVector a4 = FloatVector.broadcast(S, a[aFirst + p * 12 + 4]);
            c4_0 = a4.fma(b0, c4_0);
            c4_1 = a4.fma(b1, c4_1);
            FloatVector a5 = FloatVector.broadcast(S, a[aFirst + p * 12 + 5]);
            c5_0 = a5.fma(b0, c5_0);
            c5_1 = a5.fma(b1, c5_1);
            FloatVector a6 = FloatVector.broadcast(S, a[aFirst + p * 12 + 6]);
            c6_0 = a6.fma(b0, c6_0);
            c6_1 = a6.fma(b1, c6_1);
            FloatVector a7 = FloatVector.broadcast(S, a[aFirst + p * 12 + 7]);
            c7_0 = a7.fma(b0, c7_0);
            c7_1 = a7.fma(b1, c7_1);
            FloatVector a8 = FloatVector.broadcast(S, a[aFirst + p * 12 + 8]);
            c8_0 = a8.fma(b0, c8_0);
            c8_1 = a8.fma(b1, c8_1);
            FloatVector a9 = FloatVector.broadcast(S, a[aFirst + p * 12 + 9]);
            c9_0 = a9.fma(b0, c9_0);
            c9_1 = a9.fma(b1, c9_1);
            FloatVector a10 = FloatVector.broadcast(S, a[aFirst + p * 12 + 10]);
            c10_0 = a10.fma(b0, c10_0);
            c10_1 = a10.fma(b1, c10_1);
            FloatVector a11 = FloatVector.broadcast(S, a[aFirst + p * 12 + 11]);
            c11_0 = a11.fma(b0, c11_0);
            c11_1 = a11.fma(b1, c11_1);
        }
        c0_0.intoArray(t, tFirst);
        c0_1.intoArray(t, tFirst + 16);
        c1_0.intoArray(t, tFirst + tStride);
        c1_1.intoArray(t, tFirst + tStride + 16);
        c2_0.intoArray(t, tFirst + 2 * tStride);
        c2_1.intoArray(t, tFirst + 2 * tStride + 16);
        c3_0.intoArray(t, tFirst + 3 * tStride);
        c3_1.intoArray(t, tFirst + 3 * tStride + 16);
        c4_0.intoArray(t, tFirst + 4 * tStride);
        c4_1.intoArray(t, tFirst + 4 * tStride + 16);
        c5_0.intoArray(t, tFirst + 5 * tStride);
        c5_1.intoArray(t, tFirst + 5 * tStride + 16);
        c6_0.intoArray(t, tFirst + 6 * tStride);
        c6_1.intoArray(t, tFirst + 6 * tStride + 16);
        c7_0.intoArray(t, tFirst + 7 * tStride);
        c7_1.intoArray(t, tFirst + 7 * tStride + 16);
        c8_0.intoArray(t, tFirst + 8 * tStride);
        c8_1.intoArray(t, tFirst + 8 * tStride + 16);
        c9_0.intoArray(t, tFirst + 9 * tStride);
        c9_1.intoArray(t, tFirst + 9 * tStride + 16);
        c10_0.intoArray(t, tFirst + 10 * tStride);
        c10_1.intoArray(t, tFirst + 10 * tStride + 16);
        c11_0.intoArray(t, tFirst + 11 * tStride);
        c11_1.intoArray(t, tFirst + 11 * tStride + 16);
    }

    private static void rows4x16(
            float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {
        FloatVector c0_0 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 16);
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

    private static void rows4x32(
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
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 32);
            FloatVector b1 = FloatVector.fromArray(S, b, bFirst + p * 32 + 16);
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
        c0_1.intoArray(t, tFirst + 16);
        c1_0.intoArray(t, tFirst + tStride);
        c1_1.intoArray(t, tFirst + tStride + 16);
        c2_0.intoArray(t, tFirst + 2 * tStride);
        c2_1.intoArray(t, tFirst + 2 * tStride + 16);
        c3_0.intoArray(t, tFirst + 3 * tStride);
        c3_1.intoArray(t, tFirst + 3 * tStride + 16);
    }

    private static void rows8x16(
            float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {
        FloatVector c0_0 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S);
        FloatVector c4_0 = FloatVector.zero(S);
        FloatVector c5_0 = FloatVector.zero(S);
        FloatVector c6_0 = FloatVector.zero(S);
        FloatVector c7_0 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 16);
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
            FloatVector a6 = FloatVector.broadcast(S, a[aFirst + p + 6 * ROW_STRIDE]);
            c6_0 = a6.fma(b0, c6_0);
            FloatVector a7 = FloatVector.broadcast(S, a[aFirst + p + 7 * ROW_STRIDE]);
            c7_0 = a7.fma(b0, c7_0);
        }
        c0_0.intoArray(t, tFirst);
        c1_0.intoArray(t, tFirst + tStride);
        c2_0.intoArray(t, tFirst + 2 * tStride);
        c3_0.intoArray(t, tFirst + 3 * tStride);
        c4_0.intoArray(t, tFirst + 4 * tStride);
        c5_0.intoArray(t, tFirst + 5 * tStride);
        c6_0.intoArray(t, tFirst + 6 * tStride);
        c7_0.intoArray(t, tFirst + 7 * tStride);
    }

    private static void rows8x32(
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
        FloatVector c6_0 = FloatVector.zero(S);
        FloatVector c6_1 = FloatVector.zero(S);
        FloatVector c7_0 = FloatVector.zero(S);
        FloatVector c7_1 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 32);
            FloatVector b1 = FloatVector.fromArray(S, b, bFirst + p * 32 + 16);
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
            FloatVector a4 = FloatVector.broadcast(S, a[aFirst + p + 4 * ROW_STRIDE]);
            c4_0 = a4.fma(b0, c4_0);
            c4_1 = a4.fma(b1, c4_1);
            FloatVector a5 = FloatVector.broadcast(S, a[aFirst + p + 5 * ROW_STRIDE]);
            c5_0 = a5.fma(b0, c5_0);
            c5_1 = a5.fma(b1, c5_1);
            FloatVector a6 = FloatVector.broadcast(S, a[aFirst + p + 6 * ROW_STRIDE]);
            c6_0 = a6.fma(b0, c6_0);
            c6_1 = a6.fma(b1, c6_1);
            FloatVector a7 = FloatVector.broadcast(S, a[aFirst + p + 7 * ROW_STRIDE]);
            c7_0 = a7.fma(b0, c7_0);
            c7_1 = a7.fma(b1, c7_1);
        }
        c0_0.intoArray(t, tFirst);
        c0_1.intoArray(t, tFirst + 16);
        c1_0.intoArray(t, tFirst + tStride);
        c1_1.intoArray(t, tFirst + tStride + 16);
        c2_0.intoArray(t, tFirst + 2 * tStride);
        c2_1.intoArray(t, tFirst + 2 * tStride + 16);
        c3_0.intoArray(t, tFirst + 3 * tStride);
        c3_1.intoArray(t, tFirst + 3 * tStride + 16);
        c4_0.intoArray(t, tFirst + 4 * tStride);
        c4_1.intoArray(t, tFirst + 4 * tStride + 16);
        c5_0.intoArray(t, tFirst + 5 * tStride);
        c5_1.intoArray(t, tFirst + 5 * tStride + 16);
        c6_0.intoArray(t, tFirst + 6 * tStride);
        c6_1.intoArray(t, tFirst + 6 * tStride + 16);
        c7_0.intoArray(t, tFirst + 7 * tStride);
        c7_1.intoArray(t, tFirst + 7 * tStride + 16);
    }

    private static void rows12x16(
            float[] a, int aFirst, float[] b, int bFirst, int k, float[] t, int tFirst, int tStride) {
        FloatVector c0_0 = FloatVector.zero(S);
        FloatVector c1_0 = FloatVector.zero(S);
        FloatVector c2_0 = FloatVector.zero(S);
        FloatVector c3_0 = FloatVector.zero(S);
        FloatVector c4_0 = FloatVector.zero(S);
        FloatVector c5_0 = FloatVector.zero(S);
        FloatVector c6_0 = FloatVector.zero(S);
        FloatVector c7_0 = FloatVector.zero(S);
        FloatVector c8_0 = FloatVector.zero(S);
        FloatVector c9_0 = FloatVector.zero(S);
        FloatVector c10_0 = FloatVector.zero(S);
        FloatVector c11_0 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 16);
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
            FloatVector a6 = FloatVector.broadcast(S, a[aFirst + p + 6 * ROW_STRIDE]);
            c6_0 = a6.fma(b0, c6_0);
            FloatVector a7 = FloatVector.broadcast(S, a[aFirst + p + 7 * ROW_STRIDE]);
            c7_0 = a7.fma(b0, c7_0);
            FloatVector a8 = FloatVector.broadcast(S, a[aFirst + p + 8 * ROW_STRIDE]);
            c8_0 = a8.fma(b0, c8_0);
            FloatVector a9 = FloatVector.broadcast(S, a[aFirst + p + 9 * ROW_STRIDE]);
            c9_0 = a9.fma(b0, c9_0);
            FloatVector a10 = FloatVector.broadcast(S, a[aFirst + p + 10 * ROW_STRIDE]);
            c10_0 = a10.fma(b0, c10_0);
            FloatVector a11 = FloatVector.broadcast(S, a[aFirst + p + 11 * ROW_STRIDE]);
            c11_0 = a11.fma(b0, c11_0);
        }
        c0_0.intoArray(t, tFirst);
        c1_0.intoArray(t, tFirst + tStride);
        c2_0.intoArray(t, tFirst + 2 * tStride);
        c3_0.intoArray(t, tFirst + 3 * tStride);
        c4_0.intoArray(t, tFirst + 4 * tStride);
        c5_0.intoArray(t, tFirst + 5 * tStride);
        c6_0.intoArray(t, tFirst + 6 * tStride);
        c7_0.intoArray(t, tFirst + 7 * tStride);
        c8_0.intoArray(t, tFirst + 8 * tStride);
        c9_0.intoArray(t, tFirst + 9 * tStride);
        c10_0.intoArray(t, tFirst + 10 * tStride);
        c11_0.intoArray(t, tFirst + 11 * tStride);
    }

    private static void rows12x32(
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
        FloatVector c6_0 = FloatVector.zero(S);
        FloatVector c6_1 = FloatVector.zero(S);
        FloatVector c7_0 = FloatVector.zero(S);
        FloatVector c7_1 = FloatVector.zero(S);
        FloatVector c8_0 = FloatVector.zero(S);
        FloatVector c8_1 = FloatVector.zero(S);
        FloatVector c9_0 = FloatVector.zero(S);
        FloatVector c9_1 = FloatVector.zero(S);
        FloatVector c10_0 = FloatVector.zero(S);
        FloatVector c10_1 = FloatVector.zero(S);
        FloatVector c11_0 = FloatVector.zero(S);
        FloatVector c11_1 = FloatVector.zero(S);
        // Never reached by p; see the generator.
        int never = -1 - tStride;
        for (int p = 0; p < k; p++) {
            FloatVector b0 = FloatVector.fromArray(S, b, bFirst + p * 32);
            FloatVector b1 = FloatVector.fromArray(S, b, bFirst + p * 32 + 16);
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
            FloatVector a4 = FloatVector.broadcast(S, a[aFirst + p + 4 * ROW_STRIDE]);
            c4_0 = a4.fma(b0, c4_0);
            c4_1 = a4.fma(b1, c4_1);
            FloatVector a5 = FloatVector.broadcast(S, a[aFirst + p + 5 * ROW_STRIDE]);
            c5_0 = a5.fma(b0, c5_0);
            c5_1 = a5.fma(b1, c5_1);
            if (p == never) {
                break;
            }
            FloatVector a6 = FloatVector.broadcast(S, a[aFirst + p + 6 * ROW_STRIDE]);
            c6_0 = a6.fma(b0, c6_0);
            c6_1 = a6.fma(b1, c6_1);
            FloatVector a7 = FloatVector.broadcast(S, a[aFirst + p + 7 * ROW_STRIDE]);
            c7_0 = a7.fma(b0, c7_0);
            c7_1 = a7.fma(b1, c7_1);
            FloatVector a8 = FloatVector.broadcast(S, a[aFirst + p + 8 * ROW_STRIDE]);
            c8_0 = a8.fma(b0, c8_0);
            c8_1 = a8.fma(b1, c8_1);
            FloatVector a9 = FloatVector.broadcast(S, a[aFirst + p + 9 * ROW_STRIDE]);
            c9_0 = a9.fma(b0, c9_0);
            c9_1 = a9.fma(b1, c9_1);
            FloatVector a10 = FloatVector.broadcast(S, a[aFirst + p + 10 * ROW_STRIDE]);
            c10_0 = a10.fma(b0, c10_0);
            c10_1 = a10.fma(b1, c10_1);
            FloatVector a11 = FloatVector.broadcast(S, a[aFirst + p + 11 * ROW_STRIDE]);
            c11_0 = a11.fma(b0, c11_0);
            c11_1 = a11.fma(b1, c11_1);
        }
        c0_0.intoArray(t, tFirst);
        c0_1.intoArray(t, tFirst + 16);
        c1_0.intoArray(t, tFirst + tStride);
        c1_1.intoArray(t, tFirst + tStride + 16);
        c2_0.intoArray(t, tFirst + 2 * tStride);
        c2_1.intoArray(t, tFirst + 2 * tStride + 16);
        c3_0.intoArray(t, tFirst + 3 * tStride);
        c3_1.intoArray(t, tFirst + 3 * tStride + 16);
        c4_0.intoArray(t, tFirst + 4 * tStride);
        c4_1.intoArray(t, tFirst + 4 * tStride + 16);
        c5_0.intoArray(t, tFirst + 5 * tStride);
        c5_1.intoArray(t, tFirst + 5 * tStride + 16);
        c6_0.intoArray(t, tFirst + 6 * tStride);
        c6_1.intoArray(t, tFirst + 6 * tStride + 16);
        c7_0.intoArray(t, tFirst + 7 * tStride);
        c7_1.intoArray(t, tFirst + 7 * tStride + 16);
        c8_0.intoArray(t, tFirst + 8 * tStride);
        c8_1.intoArray(t, tFirst + 8 * tStride + 16);
        c9_0.intoArray(t, tFirst + 9 * tStride);
        c9_1.intoArray(t, tFirst + 9 * tStride + 16);
        c10_0.intoArray(t, tFirst + 10 * tStride);
        c10_1.intoArray(t, tFirst + 10 * tStride + 16);
        c11_0.intoArray(t, tFirst + 11 * tStride);
        c11_1.intoArray(t, tFirst + 11 * tStride + 16);
    }
}
