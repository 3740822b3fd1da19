package beits.device.cpu;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The passes of {@link AttentionRows} over its rows. {@code beits} tells the JVM never to inline methods of classes named
 * {@code …Loops}. C2 parses at most 18,000 nodes a method and inlines nothing that comes after; a vector operation takes some
 * hundred. Callers that take in several of these loops reach the limit, and the loop that it falls into then keeps its vectors as
 * objects. Whether callers do so hangs on which method is compiled first, so it differed from process to process: attention of
 * 256 heads of 50 tokens took 4 or 11 to 17 ms.
 */
final class AttentionLoops {
    private AttentionLoops() {}

    static void fill(float[] own, int at, int rows, float value) {
        for (int r = 0; r < rows; r++) {
            Lanes.all(value).intoArray(own, at + r * Lanes.COUNT);
        }
    }

    static void scaled(float[] s, int at, int rows, int count, float scale, int carry) {
        int last = Lanes.whole(count - 1);
        VectorMask<Float> present = Lanes.first(count - last);
        for (int r = 0; r < rows; r++) {
            int row = at + r * MicroKernel.ROW_STRIDE;
            FloatVector max = Lanes.load(s, carry + r * Lanes.COUNT);
            for (int j = 0; j < last; j += Lanes.COUNT) {
                FloatVector v = Lanes.load(s, row + j).mul(scale);
                v.intoArray(s, row + j);
                max = Lanes.larger(max, v);
            }
            FloatVector v = Lanes.all(Float.NEGATIVE_INFINITY)
                    .blend(Lanes.load(s, row + last).mul(scale), present);
            v.intoArray(s, row + last);
            Lanes.larger(max, v).intoArray(s, carry + r * Lanes.COUNT);
        }
    }

    static void biased(
            float[] s,
            int at,
            int rows,
            int count,
            float scale,
            MemorySegment bias,
            long biasAt,
            long biasStride,
            int carry) {
        int last = Lanes.whole(count - 1);
        VectorMask<Float> present = Lanes.first(count - last);
        for (int r = 0; r < rows; r++) {
            int row = at + r * MicroKernel.ROW_STRIDE;
            long biasRow = biasAt + r * biasStride;
            FloatVector max = Lanes.load(s, carry + r * Lanes.COUNT);
            for (int j = 0; j < last; j += Lanes.COUNT) {
                FloatVector v = Lanes.load(s, row + j).fma(Lanes.all(scale), Lanes.load(bias, biasRow + j));
                v.intoArray(s, row + j);
                max = Lanes.larger(max, v);
            }
            FloatVector v = Lanes.load(s, row + last).fma(Lanes.all(scale), Lanes.load(bias, biasRow + last, present));
            v = Lanes.all(Float.NEGATIVE_INFINITY).blend(v, present);
            v.intoArray(s, row + last);
            Lanes.larger(max, v).intoArray(s, carry + r * Lanes.COUNT);
        }
    }

    /** {@code s = exp(s − largest)}, added up lane by lane; lanes behind the end of a row hold the least value. */
    static void exponentials(float[] s, int at, int rows, int count, int largest, int sums) {
        for (int r = 0; r < rows; r++) {
            int row = at + r * MicroKernel.ROW_STRIDE;
            FloatVector max = Lanes.load(s, largest + r * Lanes.COUNT);
            FloatVector sum = Lanes.load(s, sums + r * Lanes.COUNT);
            for (int j = 0; j < count; j += Lanes.COUNT) {
                FloatVector e = VectorMath.exp(Lanes.load(s, row + j).sub(max));
                e.intoArray(s, row + j);
                sum = sum.add(e);
            }
            sum.intoArray(s, sums + r * Lanes.COUNT);
        }
    }

    static void spreadLargest(float[] own, int at, int rows) {
        for (int r = 0; r < rows; r++) {
            Lanes.maxEverywhere(Lanes.load(own, at + r * Lanes.COUNT)).intoArray(own, at + r * Lanes.COUNT);
        }
    }

    static void spreadSum(float[] own, int at, int rows) {
        for (int r = 0; r < rows; r++) {
            Lanes.sumEverywhere(Lanes.load(own, at + r * Lanes.COUNT)).intoArray(own, at + r * Lanes.COUNT);
        }
    }

    static void spreadInverseSum(float[] own, int sums, int at, int rows) {
        for (int r = 0; r < rows; r++) {
            FloatVector sum = Lanes.sumEverywhere(Lanes.load(own, sums + r * Lanes.COUNT));
            Lanes.all(1f).div(sum).intoArray(own, at + r * Lanes.COUNT);
        }
    }

    static void storeScaled(
            float[] t, int at, int tStride, int rows, int columns, int factors, MemorySegment c, long to, long stride) {
        int last = Lanes.whole(columns - 1);
        VectorMask<Float> present = Lanes.first(columns - last);
        for (int r = 0; r < rows; r++) {
            int row = at + r * tStride;
            long cRow = to + r * stride;
            FloatVector factor = Lanes.load(t, factors + r * Lanes.COUNT);
            for (int j = 0; j < last; j += Lanes.COUNT) {
                Lanes.store(Lanes.load(t, row + j).mul(factor), c, cRow + j);
            }
            Lanes.store(Lanes.load(t, row + last).mul(factor), c, cRow + last, present);
        }
    }

    static void addScaled(
            float[] t, int at, int tStride, int rows, int columns, int factors, MemorySegment c, long to, long stride) {
        int last = Lanes.whole(columns - 1);
        VectorMask<Float> present = Lanes.first(columns - last);
        for (int r = 0; r < rows; r++) {
            int row = at + r * tStride;
            long cRow = to + r * stride;
            FloatVector factor = Lanes.load(t, factors + r * Lanes.COUNT);
            for (int j = 0; j < last; j += Lanes.COUNT) {
                Lanes.store(Lanes.load(t, row + j).fma(factor, Lanes.load(c, cRow + j)), c, cRow + j);
            }
            FloatVector old = Lanes.load(c, cRow + last, present);
            Lanes.store(Lanes.load(t, row + last).fma(factor, old), c, cRow + last, present);
        }
    }

    static void addProducts(
            float[] s, int at, int rows, int count, MemorySegment p, long pAt, long pStride, int carry) {
        int last = Lanes.whole(count - 1);
        VectorMask<Float> present = Lanes.first(count - last);
        for (int r = 0; r < rows; r++) {
            int row = at + r * MicroKernel.ROW_STRIDE;
            long pRow = pAt + r * pStride;
            FloatVector sum = Lanes.load(s, carry + r * Lanes.COUNT);
            for (int j = 0; j < last; j += Lanes.COUNT) {
                sum = Lanes.load(s, row + j).fma(Lanes.load(p, pRow + j), sum);
            }
            sum = Lanes.load(s, row + last).fma(Lanes.load(p, pRow + last, present), sum);
            sum.intoArray(s, carry + r * Lanes.COUNT);
        }
    }

    static void gradients(float[] s, int at, int rows, int count, MemorySegment p, long pAt, long pStride, int carry) {
        int last = Lanes.whole(count - 1);
        VectorMask<Float> present = Lanes.first(count - last);
        for (int r = 0; r < rows; r++) {
            int row = at + r * MicroKernel.ROW_STRIDE;
            long pRow = pAt + r * pStride;
            FloatVector total = Lanes.load(s, carry + r * Lanes.COUNT);
            for (int j = 0; j < last; j += Lanes.COUNT) {
                Lanes.load(s, row + j).sub(total).mul(Lanes.load(p, pRow + j)).intoArray(s, row + j);
            }
            Lanes.load(s, row + last)
                    .sub(total)
                    .mul(Lanes.load(p, pRow + last, present))
                    .intoArray(s, row + last);
        }
    }

    static void add(float[] s, int at, int rows, int count, MemorySegment c, long to, long stride) {
        int last = Lanes.whole(count - 1);
        VectorMask<Float> present = Lanes.first(count - last);
        for (int r = 0; r < rows; r++) {
            int row = at + r * MicroKernel.ROW_STRIDE;
            long cRow = to + r * stride;
            for (int j = 0; j < last; j += Lanes.COUNT) {
                Lanes.store(Lanes.load(s, row + j).add(Lanes.load(c, cRow + j)), c, cRow + j);
            }
            Lanes.store(Lanes.load(s, row + last).add(Lanes.load(c, cRow + last, present)), c, cRow + last, present);
        }
    }
}
