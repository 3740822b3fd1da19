package beits.device.cpu;

import beits.kernel.UpsampleBilinear;
import beits.kernel.UpsampleBilinearBackward;
import beits.kernel.UpsampleNearest;
import beits.kernel.UpsampleNearestBackward;
import beits.tensor.Shape;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Enlarging pictures with channels last, and the gradients, gathered pixel by pixel. */
final class Upsampling {
    private Upsampling() {}

    /**
     * Where the pixels of one axis come from: pixel o takes {@code 1 − weight[o]} of {@code lower[o]} and {@code weight[o]} of
     * {@code upper[o]}.
     */
    private record Axis(int[] lower, int[] upper, float[] weight) {
        static Axis of(int in, int out, boolean alignCorners) {
            Axis axis = new Axis(new int[out], new int[out], new float[out]);
            for (int o = 0; o < out; o++) {
                double position = alignCorners
                        ? (out == 1 ? 0 : (double) o * (in - 1) / (out - 1))
                        : Math.max(0, (o + 0.5) * in / out - 0.5);
                int lower = Math.min((int) position, in - 1);
                axis.lower[o] = lower;
                axis.upper[o] = Math.min(lower + 1, in - 1);
                axis.weight[o] = (float) (position - lower);
            }
            return axis;
        }

        /** What source pixel i gives to output pixel o. */
        float share(int i, int o) {
            return (lower[o] == i ? 1 - weight[o] : 0) + (upper[o] == i ? weight[o] : 0);
        }
    }

    static Step nearest(UpsampleNearest kernel, Memory memory) {
        MemorySegment x = memory.of(kernel.x());
        MemorySegment y = memory.of(kernel.y());
        Shape in = kernel.x().shape();
        int channels = in.columns();
        int factor = kernel.factor();
        int width = in.extent(2) * factor;
        int height = in.extent(1) * factor;
        return Pieces.rows(in.extent(0) * height, (long) width * channels, (from, to) -> {
            for (int line = from; line < to; line++) {
                long source = (long) (line / height * in.extent(1) + line % height / factor) * in.extent(2);
                for (int ox = 0; ox < width; ox++) {
                    Rows.copy(x, (source + ox / factor) * channels, y, ((long) line * width + ox) * channels, channels);
                }
            }
        });
    }

    static Step nearestBackward(UpsampleNearestBackward kernel, Memory memory) {
        MemorySegment dy = memory.of(kernel.dy());
        MemorySegment dx = memory.of(kernel.dx());
        Shape in = kernel.dx().shape();
        int channels = in.columns();
        int factor = kernel.factor();
        int width = in.extent(2) * factor;
        return Pieces.rows(in.rows(), (long) channels * factor * factor, (from, to) -> {
            for (int pixel = from; pixel < to; pixel++) {
                long line = (long) (pixel / in.extent(2)) * factor;
                int column = pixel % in.extent(2) * factor;
                long at = (long) pixel * channels;
                Rows.clear(dx, at, channels);
                for (int ky = 0; ky < factor; ky++) {
                    for (int kx = 0; kx < factor; kx++) {
                        Rows.add(dy, ((line + ky) * width + column + kx) * channels, dx, at, channels);
                    }
                }
            }
        });
    }

    static Step bilinear(UpsampleBilinear kernel, Memory memory) {
        MemorySegment x = memory.of(kernel.x());
        MemorySegment y = memory.of(kernel.y());
        Shape in = kernel.x().shape();
        Shape out = kernel.y().shape();
        int channels = in.columns();
        Axis rows = Axis.of(in.extent(1), out.extent(1), kernel.alignCorners());
        Axis columns = Axis.of(in.extent(2), out.extent(2), kernel.alignCorners());
        return Pieces.rows(out.rows(), 4L * channels, (from, to) -> {
            for (int pixel = from; pixel < to; pixel++) {
                int ox = pixel % out.extent(2);
                int oy = pixel / out.extent(2) % out.extent(1);
                long picture = (long) (pixel / out.extent(2) / out.extent(1)) * in.extent(1);
                long lower = (picture + rows.lower[oy]) * in.extent(2);
                long upper = (picture + rows.upper[oy]) * in.extent(2);
                mix(
                        x,
                        (lower + columns.lower[ox]) * channels,
                        (lower + columns.upper[ox]) * channels,
                        (upper + columns.lower[ox]) * channels,
                        (upper + columns.upper[ox]) * channels,
                        rows.weight[oy],
                        columns.weight[ox],
                        y,
                        (long) pixel * channels,
                        channels);
            }
        });
    }

    private static void mix(
            MemorySegment x,
            long a,
            long b,
            long c,
            long d,
            float down,
            float right,
            MemorySegment y,
            long to,
            int channels) {
        int whole = Lanes.whole(channels);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            FloatVector top = between(Lanes.load(x, a + j), Lanes.load(x, b + j), right);
            FloatVector bottom = between(Lanes.load(x, c + j), Lanes.load(x, d + j), right);
            Lanes.store(between(top, bottom, down), y, to + j);
        }
        if (whole < channels) {
            VectorMask<Float> rest = Lanes.first(channels - whole);
            FloatVector top = between(Lanes.load(x, a + whole, rest), Lanes.load(x, b + whole, rest), right);
            FloatVector bottom = between(Lanes.load(x, c + whole, rest), Lanes.load(x, d + whole, rest), right);
            Lanes.store(between(top, bottom, down), y, to + whole, rest);
        }
    }

    private static FloatVector between(FloatVector first, FloatVector second, float weight) {
        return first.mul(1 - weight).add(second.mul(weight));
    }

    static Step bilinearBackward(UpsampleBilinearBackward kernel, Memory memory) {
        MemorySegment dy = memory.of(kernel.dy());
        MemorySegment dx = memory.of(kernel.dx());
        Shape in = kernel.dx().shape();
        Shape out = kernel.dy().shape();
        int channels = in.columns();
        Axis rows = Axis.of(in.extent(1), out.extent(1), kernel.alignCorners());
        Axis columns = Axis.of(in.extent(2), out.extent(2), kernel.alignCorners());
        int[] firstRow = firstUser(rows, in.extent(1));
        int[] firstColumn = firstUser(columns, in.extent(2));
        return Pieces.rows(in.rows(), 16L * channels, (from, to) -> {
            for (int pixel = from; pixel < to; pixel++) {
                int ix = pixel % in.extent(2);
                int iy = pixel / in.extent(2) % in.extent(1);
                long picture = (long) (pixel / in.extent(2) / in.extent(1)) * out.extent(1);
                long at = (long) pixel * channels;
                Rows.clear(dx, at, channels);
                // Source positions never fall, so the users of a pixel lie side by side.
                for (int oy = firstRow[iy]; oy < out.extent(1) && rows.lower[oy] <= iy; oy++) {
                    float down = rows.share(iy, oy);
                    for (int ox = firstColumn[ix]; ox < out.extent(2) && columns.lower[ox] <= ix; ox++) {
                        long source = ((picture + oy) * out.extent(2) + ox) * channels;
                        Pooling.addScaled(dy, source, down * columns.share(ix, ox), dx, at, channels);
                    }
                }
            }
        });
    }

    /** The first output pixel whose upper neighbour is not before each source pixel. */
    private static int[] firstUser(Axis axis, int in) {
        int[] first = new int[in];
        int o = 0;
        for (int i = 0; i < in; i++) {
            while (o < axis.upper.length && axis.upper[o] < i) {
                o++;
            }
            first[i] = o;
        }
        return first;
    }
}
