package beits.device.cpu;

import beits.kernel.AveragePool;
import beits.kernel.AveragePoolBackward;
import beits.kernel.MaxPool;
import beits.kernel.MaxPoolBackward;
import beits.kernel.Window;
import beits.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Pooling over pictures with channels last: whole pixels are vectors of channels. */
final class Pooling {
    private Pooling() {}

    static Step max(MaxPool kernel, Memory memory) {
        MemorySegment x = memory.of(kernel.x());
        MemorySegment y = memory.of(kernel.y());
        Window window = kernel.window();
        return Pieces.rows(window.rows(), (long) window.columns(), (from, to) -> {
            for (int row = from; row < to; row++) {
                maxPixel(x, corner(window, row), window, y, (long) row * window.channels());
            }
        });
    }

    private static long corner(Window window, int row) {
        int ox = row % window.outWidth();
        int oy = row / window.outWidth() % window.outHeight();
        int picture = row / window.outWidth() / window.outHeight();
        return (((long) picture * window.height() + (long) oy * window.stride()) * window.width()
                        + (long) ox * window.stride())
                * window.channels();
    }

    private static void maxPixel(MemorySegment x, long corner, Window window, MemorySegment y, long to) {
        int channels = window.channels();
        int done = 0;
        if (window.kernelHeight() == 2 && window.kernelWidth() == 2) {
            done = Lanes.whole(channels);
            PoolingLoops.largestOfFour(x, corner, (long) window.width() * channels, channels, done, y, to);
        }
        for (int c = done; c < channels; c += Lanes.COUNT) {
            VectorMask<Float> present = Lanes.first(Math.min(Lanes.COUNT, channels - c));
            FloatVector max = Lanes.all(Float.NEGATIVE_INFINITY);
            for (int ky = 0; ky < window.kernelHeight(); ky++) {
                for (int kx = 0; kx < window.kernelWidth(); kx++) {
                    long from = corner + ((long) ky * window.width() + kx) * channels + c;
                    max = max.max(Lanes.load(x, from, present));
                }
            }
            Lanes.store(max, y, to + c, present);
        }
    }

    /** Pictures are independent; windows of one picture may overlap and are taken in order. */
    static Step maxBackward(MaxPoolBackward kernel, Memory memory) {
        MemorySegment x = memory.of(kernel.x());
        MemorySegment dy = memory.of(kernel.dy());
        MemorySegment dx = memory.of(kernel.dx());
        Window window = kernel.window();
        int outputs = window.outHeight() * window.outWidth();
        int picture = window.channels() * window.height() * window.width();
        return Step.of(window.batch(), (worker, piece) -> {
            Rows.clear(dx, (long) piece * picture, picture);
            for (int row = piece * outputs; row < (piece + 1) * outputs; row++) {
                long corner = corner(window, row);
                for (int c = 0; c < window.channels(); c++) {
                    long place = largest(x, corner + c, window);
                    float sum = Lanes.get(dx, place) + Lanes.get(dy, (long) row * window.channels() + c);
                    Lanes.set(dx, place, sum);
                }
            }
        });
    }

    private static long largest(MemorySegment x, long corner, Window window) {
        long best = corner;
        float max = Lanes.get(x, corner);
        for (int ky = 0; ky < window.kernelHeight(); ky++) {
            for (int kx = 0; kx < window.kernelWidth(); kx++) {
                long at = corner + ((long) ky * window.width() + kx) * window.channels();
                float value = Lanes.get(x, at);
                if (value > max) {
                    max = value;
                    best = at;
                }
            }
        }
        return best;
    }

    static Step average(AveragePool kernel, Memory memory, Scratch scratch) {
        MemorySegment x = memory.of(kernel.x());
        MemorySegment y = memory.of(kernel.y());
        Shape in = kernel.x().shape();
        Shape out = kernel.y().shape();
        int channels = in.columns();
        scratch.reserveOwn(channels);
        return Step.of(out.rows(), (worker, row) -> {
            int ox = row % out.extent(2);
            int oy = row / out.extent(2) % out.extent(1);
            int picture = row / out.extent(2) / out.extent(1);
            float[] sum = scratch.own(worker);
            Arrays.fill(sum, 0, channels, 0f);
            int toY = end(oy, in.extent(1), out.extent(1));
            int toX = end(ox, in.extent(2), out.extent(2));
            int fromY = begin(oy, in.extent(1), out.extent(1));
            int fromX = begin(ox, in.extent(2), out.extent(2));
            for (int iy = fromY; iy < toY; iy++) {
                for (int ix = fromX; ix < toX; ix++) {
                    long pixel = ((long) picture * in.extent(1) + iy) * in.extent(2) + ix;
                    ColumnSums.addRow(x, pixel * channels, channels, sum, 0);
                }
            }
            float share = 1f / ((toY - fromY) * (toX - fromX));
            for (int c = 0; c < channels; c++) {
                sum[c] *= share;
            }
            Rows.put(sum, 0, y, (long) row * channels, channels, false);
        });
    }

    static Step averageBackward(AveragePoolBackward kernel, Memory memory) {
        MemorySegment dy = memory.of(kernel.dy());
        MemorySegment dx = memory.of(kernel.dx());
        Shape in = kernel.dx().shape();
        Shape out = kernel.dy().shape();
        int channels = in.columns();
        return Pieces.rows(in.rows(), channels, (from, to) -> {
            for (int pixel = from; pixel < to; pixel++) {
                int ix = pixel % in.extent(2);
                int iy = pixel / in.extent(2) % in.extent(1);
                int picture = pixel / in.extent(2) / in.extent(1);
                long at = (long) pixel * channels;
                Rows.clear(dx, at, channels);
                for (int oy = 0; oy < out.extent(1); oy++) {
                    int fromY = begin(oy, in.extent(1), out.extent(1));
                    int toY = end(oy, in.extent(1), out.extent(1));
                    for (int ox = 0; iy >= fromY && iy < toY && ox < out.extent(2); ox++) {
                        int fromX = begin(ox, in.extent(2), out.extent(2));
                        int toX = end(ox, in.extent(2), out.extent(2));
                        if (ix >= fromX && ix < toX) {
                            long cell = ((long) picture * out.extent(1) + oy) * out.extent(2) + ox;
                            float share = 1f / ((toY - fromY) * (toX - fromX));
                            addScaled(dy, cell * channels, share, dx, at, channels);
                        }
                    }
                }
            }
        });
    }

    private static int begin(int o, int in, int out) {
        return (int) ((long) o * in / out);
    }

    private static int end(int o, int in, int out) {
        return (int) (((o + 1L) * in + out - 1) / out);
    }

    /** {@code target += factor · source}. */
    static void addScaled(MemorySegment source, long from, float factor, MemorySegment target, long to, int count) {
        int whole = Lanes.whole(count);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            FloatVector scaled = Lanes.load(source, from + j).mul(factor);
            Lanes.store(Lanes.load(target, to + j).add(scaled), target, to + j);
        }
        if (whole < count) {
            VectorMask<Float> rest = Lanes.first(count - whole);
            FloatVector scaled = Lanes.load(source, from + whole, rest).mul(factor);
            Lanes.store(Lanes.load(target, to + whole, rest).add(scaled), target, to + whole, rest);
        }
    }
}
