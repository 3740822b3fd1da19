package beits.device.cpu;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes blocks of 8 columns on their way from memory to a panel, in vectors of 256 bits. Written by
 * {@code MicroKernelGenerator}; do not edit.
 */
final class Transposition8 {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_256;
    private static final VectorShuffle<Float> ACROSS_4 = VectorShuffle.fromOp(S, i -> i ^ 4);
    private static final VectorMask<Float> SECOND_4 = VectorMask.fromLong(S, 0b11110000);
    private static final VectorShuffle<Float> ACROSS_2 = VectorShuffle.fromOp(S, i -> i ^ 2);
    private static final VectorMask<Float> SECOND_2 = VectorMask.fromLong(S, 0b11001100);
    private static final VectorShuffle<Float> ACROSS_1 = VectorShuffle.fromOp(S, i -> i ^ 1);
    private static final VectorMask<Float> SECOND_1 = VectorMask.fromLong(S, 0b10101010);
    private static final VectorMask<Float> FIRST_6 = S.indexInRange(0, 6);

    private Transposition8() {}

    /** {@code panel[at + p·width + r] = source[first + r·stride + p]} for r below 6 and p below 8, width 6. */
    static void rows6(MemorySegment source, long first, long stride, float[] panel, int at) {
        FloatVector r0 = Lanes.load(source, first);
        FloatVector r1 = Lanes.load(source, first + stride);
        FloatVector r2 = Lanes.load(source, first + 2 * stride);
        FloatVector r3 = Lanes.load(source, first + 3 * stride);
        FloatVector r4 = Lanes.load(source, first + 4 * stride);
        FloatVector r5 = Lanes.load(source, first + 5 * stride);
        FloatVector t0 = r0.blend(r4.rearrange(ACROSS_4), SECOND_4);
        FloatVector t1 = r0.rearrange(ACROSS_4).blend(r4, SECOND_4);
        FloatVector t2 = r1.blend(r5.rearrange(ACROSS_4), SECOND_4);
        FloatVector t3 = r1.rearrange(ACROSS_4).blend(r5, SECOND_4);
        FloatVector t4 = r2.blend(r5.rearrange(ACROSS_4), SECOND_4);
        FloatVector t5 = r2.rearrange(ACROSS_4).blend(r5, SECOND_4);
        FloatVector t6 = r3.blend(r5.rearrange(ACROSS_4), SECOND_4);
        FloatVector t7 = r3.rearrange(ACROSS_4).blend(r5, SECOND_4);
        FloatVector t8 = t0.blend(t4.rearrange(ACROSS_2), SECOND_2);
        FloatVector t9 = t0.rearrange(ACROSS_2).blend(t4, SECOND_2);
        FloatVector t10 = t2.blend(t6.rearrange(ACROSS_2), SECOND_2);
        FloatVector t11 = t2.rearrange(ACROSS_2).blend(t6, SECOND_2);
        FloatVector t12 = t1.blend(t5.rearrange(ACROSS_2), SECOND_2);
        FloatVector t13 = t1.rearrange(ACROSS_2).blend(t5, SECOND_2);
        FloatVector t14 = t3.blend(t7.rearrange(ACROSS_2), SECOND_2);
        FloatVector t15 = t3.rearrange(ACROSS_2).blend(t7, SECOND_2);
        FloatVector t16 = t8.blend(t10.rearrange(ACROSS_1), SECOND_1);
        FloatVector t17 = t8.rearrange(ACROSS_1).blend(t10, SECOND_1);
        FloatVector t18 = t9.blend(t11.rearrange(ACROSS_1), SECOND_1);
        FloatVector t19 = t9.rearrange(ACROSS_1).blend(t11, SECOND_1);
        FloatVector t20 = t12.blend(t14.rearrange(ACROSS_1), SECOND_1);
        FloatVector t21 = t12.rearrange(ACROSS_1).blend(t14, SECOND_1);
        FloatVector t22 = t13.blend(t15.rearrange(ACROSS_1), SECOND_1);
        FloatVector t23 = t13.rearrange(ACROSS_1).blend(t15, SECOND_1);
        t16.intoArray(panel, at);
        t17.intoArray(panel, at + 6);
        t18.intoArray(panel, at + 12);
        t19.intoArray(panel, at + 18);
        t20.intoArray(panel, at + 24);
        t21.intoArray(panel, at + 30);
        t22.intoArray(panel, at + 36);
        t23.intoArray(panel, at + 42, FIRST_6);
    }

    /** {@code panel[at + p·width + r] = source[first + r·stride + p]} for r below 8 and p below 8. */
    static void rows8(MemorySegment source, long first, long stride, float[] panel, int at, int width) {
        FloatVector r0 = Lanes.load(source, first);
        FloatVector r1 = Lanes.load(source, first + stride);
        FloatVector r2 = Lanes.load(source, first + 2 * stride);
        FloatVector r3 = Lanes.load(source, first + 3 * stride);
        FloatVector r4 = Lanes.load(source, first + 4 * stride);
        FloatVector r5 = Lanes.load(source, first + 5 * stride);
        FloatVector r6 = Lanes.load(source, first + 6 * stride);
        FloatVector r7 = Lanes.load(source, first + 7 * stride);
        FloatVector t0 = r0.blend(r4.rearrange(ACROSS_4), SECOND_4);
        FloatVector t1 = r0.rearrange(ACROSS_4).blend(r4, SECOND_4);
        FloatVector t2 = r1.blend(r5.rearrange(ACROSS_4), SECOND_4);
        FloatVector t3 = r1.rearrange(ACROSS_4).blend(r5, SECOND_4);
        FloatVector t4 = r2.blend(r6.rearrange(ACROSS_4), SECOND_4);
        FloatVector t5 = r2.rearrange(ACROSS_4).blend(r6, SECOND_4);
        FloatVector t6 = r3.blend(r7.rearrange(ACROSS_4), SECOND_4);
        FloatVector t7 = r3.rearrange(ACROSS_4).blend(r7, SECOND_4);
        FloatVector t8 = t0.blend(t4.rearrange(ACROSS_2), SECOND_2);
        FloatVector t9 = t0.rearrange(ACROSS_2).blend(t4, SECOND_2);
        FloatVector t10 = t2.blend(t6.rearrange(ACROSS_2), SECOND_2);
        FloatVector t11 = t2.rearrange(ACROSS_2).blend(t6, SECOND_2);
        FloatVector t12 = t1.blend(t5.rearrange(ACROSS_2), SECOND_2);
        FloatVector t13 = t1.rearrange(ACROSS_2).blend(t5, SECOND_2);
        FloatVector t14 = t3.blend(t7.rearrange(ACROSS_2), SECOND_2);
        FloatVector t15 = t3.rearrange(ACROSS_2).blend(t7, SECOND_2);
        FloatVector t16 = t8.blend(t10.rearrange(ACROSS_1), SECOND_1);
        FloatVector t17 = t8.rearrange(ACROSS_1).blend(t10, SECOND_1);
        FloatVector t18 = t9.blend(t11.rearrange(ACROSS_1), SECOND_1);
        FloatVector t19 = t9.rearrange(ACROSS_1).blend(t11, SECOND_1);
        FloatVector t20 = t12.blend(t14.rearrange(ACROSS_1), SECOND_1);
        FloatVector t21 = t12.rearrange(ACROSS_1).blend(t14, SECOND_1);
        FloatVector t22 = t13.blend(t15.rearrange(ACROSS_1), SECOND_1);
        FloatVector t23 = t13.rearrange(ACROSS_1).blend(t15, SECOND_1);
        t16.intoArray(panel, at);
        t17.intoArray(panel, at + width);
        t18.intoArray(panel, at + 2 * width);
        t19.intoArray(panel, at + 3 * width);
        t20.intoArray(panel, at + 4 * width);
        t21.intoArray(panel, at + 5 * width);
        t22.intoArray(panel, at + 6 * width);
        t23.intoArray(panel, at + 7 * width);
    }

    /**
     * {@code panel[at + p·width + r] = source[first + r·stride + p]} for r below {@code rows} and p below 8, zero for r
     * from {@code rows} to {@code width}. In a panel narrower than a vector each store's surplus is overwritten by the
     * next; the last one has none.
     */
    static void someRows(MemorySegment source, long first, long stride, int rows, float[] panel, int at, int width) {
        VectorMask<Float> present = VectorMask.fromLong(S, (1L << rows) - 1);
        VectorMask<Float> places = VectorMask.fromLong(S, (1L << Math.min(width, 8)) - 1);
        FloatVector zero = FloatVector.zero(S);
        long last = first + (rows - 1) * stride;
        FloatVector r0 = Lanes.load(source, first);
        FloatVector r1 = Lanes.load(source, Math.min(first + stride, last));
        FloatVector r2 = Lanes.load(source, Math.min(first + 2 * stride, last));
        FloatVector r3 = Lanes.load(source, Math.min(first + 3 * stride, last));
        FloatVector r4 = Lanes.load(source, Math.min(first + 4 * stride, last));
        FloatVector r5 = Lanes.load(source, Math.min(first + 5 * stride, last));
        FloatVector r6 = Lanes.load(source, Math.min(first + 6 * stride, last));
        FloatVector r7 = Lanes.load(source, Math.min(first + 7 * stride, last));
        FloatVector t0 = r0.blend(r4.rearrange(ACROSS_4), SECOND_4);
        FloatVector t1 = r0.rearrange(ACROSS_4).blend(r4, SECOND_4);
        FloatVector t2 = r1.blend(r5.rearrange(ACROSS_4), SECOND_4);
        FloatVector t3 = r1.rearrange(ACROSS_4).blend(r5, SECOND_4);
        FloatVector t4 = r2.blend(r6.rearrange(ACROSS_4), SECOND_4);
        FloatVector t5 = r2.rearrange(ACROSS_4).blend(r6, SECOND_4);
        FloatVector t6 = r3.blend(r7.rearrange(ACROSS_4), SECOND_4);
        FloatVector t7 = r3.rearrange(ACROSS_4).blend(r7, SECOND_4);
        FloatVector t8 = t0.blend(t4.rearrange(ACROSS_2), SECOND_2);
        FloatVector t9 = t0.rearrange(ACROSS_2).blend(t4, SECOND_2);
        FloatVector t10 = t2.blend(t6.rearrange(ACROSS_2), SECOND_2);
        FloatVector t11 = t2.rearrange(ACROSS_2).blend(t6, SECOND_2);
        FloatVector t12 = t1.blend(t5.rearrange(ACROSS_2), SECOND_2);
        FloatVector t13 = t1.rearrange(ACROSS_2).blend(t5, SECOND_2);
        FloatVector t14 = t3.blend(t7.rearrange(ACROSS_2), SECOND_2);
        FloatVector t15 = t3.rearrange(ACROSS_2).blend(t7, SECOND_2);
        FloatVector t16 = t8.blend(t10.rearrange(ACROSS_1), SECOND_1);
        FloatVector t17 = t8.rearrange(ACROSS_1).blend(t10, SECOND_1);
        FloatVector t18 = t9.blend(t11.rearrange(ACROSS_1), SECOND_1);
        FloatVector t19 = t9.rearrange(ACROSS_1).blend(t11, SECOND_1);
        FloatVector t20 = t12.blend(t14.rearrange(ACROSS_1), SECOND_1);
        FloatVector t21 = t12.rearrange(ACROSS_1).blend(t14, SECOND_1);
        FloatVector t22 = t13.blend(t15.rearrange(ACROSS_1), SECOND_1);
        FloatVector t23 = t13.rearrange(ACROSS_1).blend(t15, SECOND_1);
        zero.blend(t16, present).intoArray(panel, at);
        zero.blend(t17, present).intoArray(panel, at + width);
        zero.blend(t18, present).intoArray(panel, at + 2 * width);
        zero.blend(t19, present).intoArray(panel, at + 3 * width);
        zero.blend(t20, present).intoArray(panel, at + 4 * width);
        zero.blend(t21, present).intoArray(panel, at + 5 * width);
        zero.blend(t22, present).intoArray(panel, at + 6 * width);
        zero.blend(t23, present).intoArray(panel, at + 7 * width, places);
    }
}
