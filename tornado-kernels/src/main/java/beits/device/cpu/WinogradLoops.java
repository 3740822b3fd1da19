package beits.device.cpu;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * The transforms of F(2x2, 3x3) (Lavin and Gray, "Fast algorithms for convolutional neural networks", section 4.1) and the adjoints of two
 * of them. Methods of this class are never inlined, for the reason given in {@link AttentionLoops}.
 */
final class WinogradLoops {
    private WinogradLoops() {}

    /**
     * {@code V = Bᵀ·d·B} for neighbouring windows of 4x4 pixels, two pixels apart.
     *
     * @param first element of the first window; what is read beyond the channels is in bounds
     * @param rowStep from a row of the picture to the next
     * @param pixelStep from a pixel to the next
     * @param at of the first of 16 rows of channels, {@code step} apart; what follows the channels in the last vector is open
     * @param windowStep from a window's row to the next one's
     */
    static void windows(
            MemorySegment x,
            long first,
            long rowStep,
            long pixelStep,
            int channels,
            int count,
            float[] own,
            int at,
            int windowStep,
            int step) {
        for (int c = 0; c < channels; c += Lanes.COUNT) {
            for (int i = 0; i < count; i++) {
                long d = first + c + 2 * i * pixelStep;
                FloatVector d0 = Lanes.load(x, d);
                FloatVector d1 = Lanes.load(x, d + rowStep);
                FloatVector d2 = Lanes.load(x, d + 2 * rowStep);
                FloatVector d3 = Lanes.load(x, d + 3 * rowStep);
                FloatVector t00 = d0.sub(d2);
                FloatVector t10 = d1.add(d2);
                FloatVector t20 = d2.sub(d1);
                FloatVector t30 = d1.sub(d3);
                d += pixelStep;
                d0 = Lanes.load(x, d);
                d1 = Lanes.load(x, d + rowStep);
                d2 = Lanes.load(x, d + 2 * rowStep);
                d3 = Lanes.load(x, d + 3 * rowStep);
                FloatVector t01 = d0.sub(d2);
                FloatVector t11 = d1.add(d2);
                FloatVector t21 = d2.sub(d1);
                FloatVector t31 = d1.sub(d3);
                d += pixelStep;
                d0 = Lanes.load(x, d);
                d1 = Lanes.load(x, d + rowStep);
                d2 = Lanes.load(x, d + 2 * rowStep);
                d3 = Lanes.load(x, d + 3 * rowStep);
                FloatVector t02 = d0.sub(d2);
                FloatVector t12 = d1.add(d2);
                FloatVector t22 = d2.sub(d1);
                FloatVector t32 = d1.sub(d3);
                d += pixelStep;
                d0 = Lanes.load(x, d);
                d1 = Lanes.load(x, d + rowStep);
                d2 = Lanes.load(x, d + 2 * rowStep);
                d3 = Lanes.load(x, d + 3 * rowStep);
                FloatVector t03 = d0.sub(d2);
                FloatVector t13 = d1.add(d2);
                FloatVector t23 = d2.sub(d1);
                FloatVector t33 = d1.sub(d3);
                int to = at + c + i * windowStep;
                t00.sub(t02).intoArray(own, to);
                t01.add(t02).intoArray(own, to + step);
                t02.sub(t01).intoArray(own, to + 2 * step);
                t01.sub(t03).intoArray(own, to + 3 * step);
                to += 4 * step;
                t10.sub(t12).intoArray(own, to);
                t11.add(t12).intoArray(own, to + step);
                t12.sub(t11).intoArray(own, to + 2 * step);
                t11.sub(t13).intoArray(own, to + 3 * step);
                to += 4 * step;
                t20.sub(t22).intoArray(own, to);
                t21.add(t22).intoArray(own, to + step);
                t22.sub(t21).intoArray(own, to + 2 * step);
                t21.sub(t23).intoArray(own, to + 3 * step);
                to += 4 * step;
                t30.sub(t32).intoArray(own, to);
                t31.add(t32).intoArray(own, to + step);
                t32.sub(t31).intoArray(own, to + 2 * step);
                t31.sub(t33).intoArray(own, to + 3 * step);
            }
        }
    }

    /**
     * {@code U = G·g·Gᵀ} for kernels of 3x3.
     *
     * @param g [channel][place of the kernel][output channel]
     * @param order which place of {@code g} is at which place of the window
     * @param u panels [element of U][channel][output channel], {@code step} apart
     * @param width output channels
     */
    static void weights(float[] g, int from, int[] order, int channels, float[] u, int at, int step, int width) {
        for (int c = 0; c < channels; c++) {
            for (int l = 0; l < width; l += Lanes.COUNT) {
                int channel = from + c * 9 * width + l;
                int to = at + c * width + l;
                column(g, channel, width, order, 0, u, to, step);
                column(g, channel, width, order, 1, u, to + step, step);
                column(g, channel, width, order, 2, u, to + 3 * step, step);
                rows(u, to, step);
            }
        }
    }

    /** {@code G·g} of one column of the kernel, one below the other. */
    private static void column(float[] g, int from, int width, int[] order, int column, float[] u, int to, int step) {
        FloatVector g0 = Lanes.load(g, from + order[column] * width);
        FloatVector g1 = Lanes.load(g, from + order[3 + column] * width);
        FloatVector g2 = Lanes.load(g, from + order[6 + column] * width);
        FloatVector outer = g0.add(g2).mul(0.5f);
        FloatVector inner = g1.mul(0.5f);
        g0.intoArray(u, to);
        outer.add(inner).intoArray(u, to + 4 * step);
        outer.sub(inner).intoArray(u, to + 8 * step);
        g2.intoArray(u, to + 12 * step);
    }

    /** {@code (G·g)·Gᵀ} of four rows, whose three columns lie in the panels 0, 1 and 3 of each. */
    private static void rows(float[] u, int at, int step) {
        for (int row = at; row < at + 16 * step; row += 4 * step) {
            FloatVector g0 = Lanes.load(u, row);
            FloatVector g1 = Lanes.load(u, row + step);
            FloatVector g2 = Lanes.load(u, row + 3 * step);
            FloatVector outer = g0.add(g2).mul(0.5f);
            FloatVector inner = g1.mul(0.5f);
            outer.add(inner).intoArray(u, row + step);
            outer.sub(inner).intoArray(u, row + 2 * step);
        }
    }

    /**
     * {@code Y = Aᵀ·M·A}, 2x2 results of each window.
     *
     * @param from of the first of 16 tiles [window][output channel], {@code step} apart
     * @param rows windows
     * @param columns output channels, a multiple of a vector's lanes
     * @param stride from a window to the next, of tiles and of results
     * @param at of the first of four results, {@code size} apart
     */
    static void results(float[] own, int from, int step, int rows, int columns, int stride, int at, int size) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j += Lanes.COUNT) {
                int m = from + i * stride + j;
                FloatVector m0 = Lanes.load(own, m);
                FloatVector m1 = Lanes.load(own, m + 4 * step);
                FloatVector m2 = Lanes.load(own, m + 8 * step);
                FloatVector m3 = Lanes.load(own, m + 12 * step);
                FloatVector upper0 = m0.add(m1).add(m2);
                FloatVector lower0 = m1.sub(m2).sub(m3);
                m0 = Lanes.load(own, m + step);
                m1 = Lanes.load(own, m + 5 * step);
                m2 = Lanes.load(own, m + 9 * step);
                m3 = Lanes.load(own, m + 13 * step);
                FloatVector upper1 = m0.add(m1).add(m2);
                FloatVector lower1 = m1.sub(m2).sub(m3);
                m0 = Lanes.load(own, m + 2 * step);
                m1 = Lanes.load(own, m + 6 * step);
                m2 = Lanes.load(own, m + 10 * step);
                m3 = Lanes.load(own, m + 14 * step);
                FloatVector upper2 = m0.add(m1).add(m2);
                FloatVector lower2 = m1.sub(m2).sub(m3);
                m0 = Lanes.load(own, m + 3 * step);
                m1 = Lanes.load(own, m + 7 * step);
                m2 = Lanes.load(own, m + 11 * step);
                m3 = Lanes.load(own, m + 15 * step);
                FloatVector upper3 = m0.add(m1).add(m2);
                FloatVector lower3 = m1.sub(m2).sub(m3);
                int to = at + i * stride + j;
                upper0.add(upper1).add(upper2).intoArray(own, to);
                upper1.sub(upper2).sub(upper3).intoArray(own, to + size);
                lower0.add(lower1).add(lower2).intoArray(own, to + 2 * size);
                lower1.sub(lower2).sub(lower3).intoArray(own, to + 3 * size);
            }
        }
    }

    /**
     * {@code A·dY·Aᵀ} of neighbouring windows of 2x2 results.
     *
     * @param first element of the first window; what is read beyond the channels is in bounds
     * @param channels what follows them in the last vector is written, too
     * @param at of the first of 16 rows of channels, {@code step} apart
     * @param windowStep from a window's row to the next one's
     */
    static void gradients(
            MemorySegment dy,
            long first,
            long rowStep,
            long pixelStep,
            int channels,
            int count,
            float[] own,
            int at,
            int windowStep,
            int step) {
        for (int i = 0; i < count; i++) {
            for (int c = 0; c < channels; c += Lanes.COUNT) {
                long d = first + c + 2 * i * pixelStep;
                FloatVector d00 = Lanes.load(dy, d);
                FloatVector d01 = Lanes.load(dy, d + pixelStep);
                FloatVector d10 = Lanes.load(dy, d + rowStep);
                FloatVector d11 = Lanes.load(dy, d + rowStep + pixelStep);
                int to = at + c + i * windowStep;
                d00.intoArray(own, to);
                d00.add(d01).intoArray(own, to + step);
                d00.sub(d01).intoArray(own, to + 2 * step);
                d01.neg().intoArray(own, to + 3 * step);
                FloatVector t0 = d00.add(d10);
                FloatVector t1 = d01.add(d11);
                to += 4 * step;
                t0.intoArray(own, to);
                t0.add(t1).intoArray(own, to + step);
                t0.sub(t1).intoArray(own, to + 2 * step);
                t1.neg().intoArray(own, to + 3 * step);
                t0 = d00.sub(d10);
                t1 = d01.sub(d11);
                to += 4 * step;
                t0.intoArray(own, to);
                t0.add(t1).intoArray(own, to + step);
                t0.sub(t1).intoArray(own, to + 2 * step);
                t1.neg().intoArray(own, to + 3 * step);
                to += 4 * step;
                d10.neg().intoArray(own, to);
                d10.add(d11).neg().intoArray(own, to + step);
                d11.sub(d10).intoArray(own, to + 2 * step);
                d11.intoArray(own, to + 3 * step);
            }
        }
    }

    /**
     * {@code dg = Gᵀ·dU·G}.
     *
     * @param from of the first of 16 rows of input channels, {@code step} apart
     * @param columns input channels, a multiple of a vector's lanes
     * @param at of nine rows of results [place of the kernel][channel]
     */
    static void weightGradients(float[] sums, int from, int step, int columns, float[] own, int at) {
        for (int c = 0; c < columns; c += Lanes.COUNT) {
            for (int row = 0; row < 3; row++) {
                FloatVector t0 = folded(sums, from + c, 4 * step, row);
                FloatVector t1 = folded(sums, from + c + step, 4 * step, row);
                FloatVector t2 = folded(sums, from + c + 2 * step, 4 * step, row);
                FloatVector t3 = folded(sums, from + c + 3 * step, 4 * step, row);
                FloatVector both = t1.add(t2).mul(0.5f);
                int to = at + row * 3 * columns + c;
                t0.add(both).intoArray(own, to);
                t1.sub(t2).mul(0.5f).intoArray(own, to + columns);
                t3.add(both).intoArray(own, to + 2 * columns);
            }
        }
    }

    /** One of three elements of {@code Gᵀ} by a column. */
    private static FloatVector folded(float[] sums, int at, int step, int row) {
        FloatVector u1 = Lanes.load(sums, at + step);
        FloatVector u2 = Lanes.load(sums, at + 2 * step);
        if (row == 1) {
            return u1.sub(u2).mul(0.5f);
        }
        return Lanes.load(sums, row == 0 ? at : at + 3 * step).add(u1.add(u2).mul(0.5f));
    }
}
