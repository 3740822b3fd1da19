package beits.device.cpu;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes blocks of 16 columns on their way from memory to a panel, in vectors of 512 bits. Written by
 * {@code MicroKernelGenerator}; do not edit.
 */
final class Transposition16 {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_512;
    private static final FloatVector LOW_8 = places(8, 0);
    private static final FloatVector HIGH_8 = places(8, 8);
    private static final FloatVector LOW_4 = places(4, 0);
    private static final FloatVector HIGH_4 = places(4, 4);
    private static final FloatVector LOW_2 = places(2, 0);
    private static final FloatVector HIGH_2 = places(2, 2);
    private static final FloatVector LOW_1 = places(1, 0);
    private static final FloatVector HIGH_1 = places(1, 1);
    private static final VectorMask<Float> FIRST_12 = S.indexInRange(0, 12);

    private Transposition16() {}

    /** For the exchange of blocks of {@code size}: lane i from the first row, or 16 + i from the second. */
    private static FloatVector places(int size, int shift) {
        float[] places = new float[16];
        for (int lane = 0; lane < 16; lane++) {
            places[lane] = (lane & size) == 0 ? lane + shift : 16 + lane - size + shift;
        }
        return FloatVector.fromArray(S, places, 0);
    }

    /** {@code panel[at + p·width + r] = source[first + r·stride + p]} for r below 12 and p below 16, width 12. */
    static void rows12(MemorySegment source, long first, long stride, float[] panel, int at) {
        FloatVector r0 = Lanes.load(source, first);
        FloatVector r1 = Lanes.load(source, first + stride);
        FloatVector r2 = Lanes.load(source, first + 2 * stride);
        FloatVector r3 = Lanes.load(source, first + 3 * stride);
        FloatVector r4 = Lanes.load(source, first + 4 * stride);
        FloatVector r5 = Lanes.load(source, first + 5 * stride);
        FloatVector r6 = Lanes.load(source, first + 6 * stride);
        FloatVector r7 = Lanes.load(source, first + 7 * stride);
        FloatVector r8 = Lanes.load(source, first + 8 * stride);
        FloatVector r9 = Lanes.load(source, first + 9 * stride);
        FloatVector r10 = Lanes.load(source, first + 10 * stride);
        FloatVector r11 = Lanes.load(source, first + 11 * stride);
        FloatVector t0 = LOW_8.selectFrom(r0, r8);
        FloatVector t1 = HIGH_8.selectFrom(r0, r8);
        FloatVector t2 = LOW_8.selectFrom(r1, r9);
        FloatVector t3 = HIGH_8.selectFrom(r1, r9);
        FloatVector t4 = LOW_8.selectFrom(r2, r10);
        FloatVector t5 = HIGH_8.selectFrom(r2, r10);
        FloatVector t6 = LOW_8.selectFrom(r3, r11);
        FloatVector t7 = HIGH_8.selectFrom(r3, r11);
        FloatVector t8 = LOW_8.selectFrom(r4, r11);
        FloatVector t9 = HIGH_8.selectFrom(r4, r11);
        FloatVector t10 = LOW_8.selectFrom(r5, r11);
        FloatVector t11 = HIGH_8.selectFrom(r5, r11);
        FloatVector t12 = LOW_8.selectFrom(r6, r11);
        FloatVector t13 = HIGH_8.selectFrom(r6, r11);
        FloatVector t14 = LOW_8.selectFrom(r7, r11);
        FloatVector t15 = HIGH_8.selectFrom(r7, r11);
        FloatVector t16 = LOW_4.selectFrom(t0, t8);
        FloatVector t17 = HIGH_4.selectFrom(t0, t8);
        FloatVector t18 = LOW_4.selectFrom(t2, t10);
        FloatVector t19 = HIGH_4.selectFrom(t2, t10);
        FloatVector t20 = LOW_4.selectFrom(t4, t12);
        FloatVector t21 = HIGH_4.selectFrom(t4, t12);
        FloatVector t22 = LOW_4.selectFrom(t6, t14);
        FloatVector t23 = HIGH_4.selectFrom(t6, t14);
        FloatVector t24 = LOW_4.selectFrom(t1, t9);
        FloatVector t25 = HIGH_4.selectFrom(t1, t9);
        FloatVector t26 = LOW_4.selectFrom(t3, t11);
        FloatVector t27 = HIGH_4.selectFrom(t3, t11);
        FloatVector t28 = LOW_4.selectFrom(t5, t13);
        FloatVector t29 = HIGH_4.selectFrom(t5, t13);
        FloatVector t30 = LOW_4.selectFrom(t7, t15);
        FloatVector t31 = HIGH_4.selectFrom(t7, t15);
        FloatVector t32 = LOW_2.selectFrom(t16, t20);
        FloatVector t33 = HIGH_2.selectFrom(t16, t20);
        FloatVector t34 = LOW_2.selectFrom(t18, t22);
        FloatVector t35 = HIGH_2.selectFrom(t18, t22);
        FloatVector t36 = LOW_2.selectFrom(t17, t21);
        FloatVector t37 = HIGH_2.selectFrom(t17, t21);
        FloatVector t38 = LOW_2.selectFrom(t19, t23);
        FloatVector t39 = HIGH_2.selectFrom(t19, t23);
        FloatVector t40 = LOW_2.selectFrom(t24, t28);
        FloatVector t41 = HIGH_2.selectFrom(t24, t28);
        FloatVector t42 = LOW_2.selectFrom(t26, t30);
        FloatVector t43 = HIGH_2.selectFrom(t26, t30);
        FloatVector t44 = LOW_2.selectFrom(t25, t29);
        FloatVector t45 = HIGH_2.selectFrom(t25, t29);
        FloatVector t46 = LOW_2.selectFrom(t27, t31);
        FloatVector t47 = HIGH_2.selectFrom(t27, t31);
        FloatVector t48 = LOW_1.selectFrom(t32, t34);
        FloatVector t49 = HIGH_1.selectFrom(t32, t34);
        FloatVector t50 = LOW_1.selectFrom(t33, t35);
        FloatVector t51 = HIGH_1.selectFrom(t33, t35);
        FloatVector t52 = LOW_1.selectFrom(t36, t38);
        FloatVector t53 = HIGH_1.selectFrom(t36, t38);
        FloatVector t54 = LOW_1.selectFrom(t37, t39);
        FloatVector t55 = HIGH_1.selectFrom(t37, t39);
        FloatVector t56 = LOW_1.selectFrom(t40, t42);
        FloatVector t57 = HIGH_1.selectFrom(t40, t42);
        FloatVector t58 = LOW_1.selectFrom(t41, t43);
        FloatVector t59 = HIGH_1.selectFrom(t41, t43);
        FloatVector t60 = LOW_1.selectFrom(t44, t46);
        FloatVector t61 = HIGH_1.selectFrom(t44, t46);
        FloatVector t62 = LOW_1.selectFrom(t45, t47);
        FloatVector t63 = HIGH_1.selectFrom(t45, t47);
        t48.intoArray(panel, at);
        t49.intoArray(panel, at + 12);
        t50.intoArray(panel, at + 24);
        t51.intoArray(panel, at + 36);
        t52.intoArray(panel, at + 48);
        t53.intoArray(panel, at + 60);
        t54.intoArray(panel, at + 72);
        t55.intoArray(panel, at + 84);
        t56.intoArray(panel, at + 96);
        t57.intoArray(panel, at + 108);
        t58.intoArray(panel, at + 120);
        t59.intoArray(panel, at + 132);
        t60.intoArray(panel, at + 144);
        t61.intoArray(panel, at + 156);
        t62.intoArray(panel, at + 168);
        t63.intoArray(panel, at + 180, FIRST_12);
    }

    /** {@code panel[at + p·width + r] = source[first + r·stride + p]} for r below 16 and p below 16. */
    static void rows16(MemorySegment source, long first, long stride, float[] panel, int at, int width) {
        FloatVector r0 = Lanes.load(source, first);
        FloatVector r1 = Lanes.load(source, first + stride);
        FloatVector r2 = Lanes.load(source, first + 2 * stride);
        FloatVector r3 = Lanes.load(source, first + 3 * stride);
        FloatVector r4 = Lanes.load(source, first + 4 * stride);
        FloatVector r5 = Lanes.load(source, first + 5 * stride);
        FloatVector r6 = Lanes.load(source, first + 6 * stride);
        FloatVector r7 = Lanes.load(source, first + 7 * stride);
        FloatVector r8 = Lanes.load(source, first + 8 * stride);
        FloatVector r9 = Lanes.load(source, first + 9 * stride);
        FloatVector r10 = Lanes.load(source, first + 10 * stride);
        FloatVector r11 = Lanes.load(source, first + 11 * stride);
        FloatVector r12 = Lanes.load(source, first + 12 * stride);
        FloatVector r13 = Lanes.load(source, first + 13 * stride);
        FloatVector r14 = Lanes.load(source, first + 14 * stride);
        FloatVector r15 = Lanes.load(source, first + 15 * stride);
        FloatVector t0 = LOW_8.selectFrom(r0, r8);
        FloatVector t1 = HIGH_8.selectFrom(r0, r8);
        FloatVector t2 = LOW_8.selectFrom(r1, r9);
        FloatVector t3 = HIGH_8.selectFrom(r1, r9);
        FloatVector t4 = LOW_8.selectFrom(r2, r10);
        FloatVector t5 = HIGH_8.selectFrom(r2, r10);
        FloatVector t6 = LOW_8.selectFrom(r3, r11);
        FloatVector t7 = HIGH_8.selectFrom(r3, r11);
        FloatVector t8 = LOW_8.selectFrom(r4, r12);
        FloatVector t9 = HIGH_8.selectFrom(r4, r12);
        FloatVector t10 = LOW_8.selectFrom(r5, r13);
        FloatVector t11 = HIGH_8.selectFrom(r5, r13);
        FloatVector t12 = LOW_8.selectFrom(r6, r14);
        FloatVector t13 = HIGH_8.selectFrom(r6, r14);
        FloatVector t14 = LOW_8.selectFrom(r7, r15);
        FloatVector t15 = HIGH_8.selectFrom(r7, r15);
        FloatVector t16 = LOW_4.selectFrom(t0, t8);
        FloatVector t17 = HIGH_4.selectFrom(t0, t8);
        FloatVector t18 = LOW_4.selectFrom(t2, t10);
        FloatVector t19 = HIGH_4.selectFrom(t2, t10);
        FloatVector t20 = LOW_4.selectFrom(t4, t12);
        FloatVector t21 = HIGH_4.selectFrom(t4, t12);
        FloatVector t22 = LOW_4.selectFrom(t6, t14);
        FloatVector t23 = HIGH_4.selectFrom(t6, t14);
        FloatVector t24 = LOW_4.selectFrom(t1, t9);
        FloatVector t25 = HIGH_4.selectFrom(t1, t9);
        FloatVector t26 = LOW_4.selectFrom(t3, t11);
        FloatVector t27 = HIGH_4.selectFrom(t3, t11);
        FloatVector t28 = LOW_4.selectFrom(t5, t13);
        FloatVector t29 = HIGH_4.selectFrom(t5, t13);
        FloatVector t30 = LOW_4.selectFrom(t7, t15);
        FloatVector t31 = HIGH_4.selectFrom(t7, t15);
        FloatVector t32 = LOW_2.selectFrom(t16, t20);
        FloatVector t33 = HIGH_2.selectFrom(t16, t20);
        FloatVector t34 = LOW_2.selectFrom(t18, t22);
        FloatVector t35 = HIGH_2.selectFrom(t18, t22);
        FloatVector t36 = LOW_2.selectFrom(t17, t21);
        FloatVector t37 = HIGH_2.selectFrom(t17, t21);
        FloatVector t38 = LOW_2.selectFrom(t19, t23);
        FloatVector t39 = HIGH_2.selectFrom(t19, t23);
        FloatVector t40 = LOW_2.selectFrom(t24, t28);
        FloatVector t41 = HIGH_2.selectFrom(t24, t28);
        FloatVector t42 = LOW_2.selectFrom(t26, t30);
        FloatVector t43 = HIGH_2.selectFrom(t26, t30);
        FloatVector t44 = LOW_2.selectFrom(t25, t29);
        FloatVector t45 = HIGH_2.selectFrom(t25, t29);
        FloatVector t46 = LOW_2.selectFrom(t27, t31);
        FloatVector t47 = HIGH_2.selectFrom(t27, t31);
        FloatVector t48 = LOW_1.selectFrom(t32, t34);
        FloatVector t49 = HIGH_1.selectFrom(t32, t34);
        FloatVector t50 = LOW_1.selectFrom(t33, t35);
        FloatVector t51 = HIGH_1.selectFrom(t33, t35);
        FloatVector t52 = LOW_1.selectFrom(t36, t38);
        FloatVector t53 = HIGH_1.selectFrom(t36, t38);
        FloatVector t54 = LOW_1.selectFrom(t37, t39);
        FloatVector t55 = HIGH_1.selectFrom(t37, t39);
        FloatVector t56 = LOW_1.selectFrom(t40, t42);
        FloatVector t57 = HIGH_1.selectFrom(t40, t42);
        FloatVector t58 = LOW_1.selectFrom(t41, t43);
        FloatVector t59 = HIGH_1.selectFrom(t41, t43);
        FloatVector t60 = LOW_1.selectFrom(t44, t46);
        FloatVector t61 = HIGH_1.selectFrom(t44, t46);
        FloatVector t62 = LOW_1.selectFrom(t45, t47);
        FloatVector t63 = HIGH_1.selectFrom(t45, t47);
        t48.intoArray(panel, at);
        t49.intoArray(panel, at + width);
        t50.intoArray(panel, at + 2 * width);
        t51.intoArray(panel, at + 3 * width);
        t52.intoArray(panel, at + 4 * width);
        t53.intoArray(panel, at + 5 * width);
        t54.intoArray(panel, at + 6 * width);
        t55.intoArray(panel, at + 7 * width);
        t56.intoArray(panel, at + 8 * width);
        t57.intoArray(panel, at + 9 * width);
        t58.intoArray(panel, at + 10 * width);
        t59.intoArray(panel, at + 11 * width);
        t60.intoArray(panel, at + 12 * width);
        t61.intoArray(panel, at + 13 * width);
        t62.intoArray(panel, at + 14 * width);
        t63.intoArray(panel, at + 15 * width);
    }
}
