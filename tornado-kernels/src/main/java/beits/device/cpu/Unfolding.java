package beits.device.cpu;

import beits.kernel.ColumnsToImage;
import beits.kernel.ImageToColumns;
import beits.kernel.Window;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Unfolding pictures for a matrix product and folding them back. A row of the matrix is put together in the cache and written
 * at once.
 */
final class Unfolding {
    private final Window window;
    private final int area;
    private final int columns;
    private final long xStep;
    private final long yStep;
    private final long channelStep;

    private Unfolding(Window window, boolean channelsFirst) {
        this.window = window;
        this.area = window.kernelHeight() * window.kernelWidth();
        this.columns = window.columns();
        this.xStep = channelsFirst ? 1 : window.channels();
        this.yStep = window.width() * xStep;
        this.channelStep = channelsFirst ? window.height() * yStep : 1;
    }

    static Step unfold(ImageToColumns kernel, Memory memory, Scratch scratch) {
        Unfolding unfolding = new Unfolding(kernel.window(), kernel.channelsFirst());
        MemorySegment x = memory.of(kernel.x());
        MemorySegment out = memory.of(kernel.columns());
        scratch.reserveOwn(unfolding.columns);
        int rows = kernel.window().rows();
        int length = rowsOfPiece(unfolding.columns);
        return Step.of(Pieces.ceil(rows, length), (worker, piece) -> {
            int to = Math.min(rows, (piece + 1) * length);
            for (int row = piece * length; row < to; row++) {
                unfolding.unfoldRow(x, row, scratch.own(worker), out);
            }
        });
    }

    static Step fold(ColumnsToImage kernel, Memory memory, Scratch scratch) {
        Unfolding unfolding = new Unfolding(kernel.window(), kernel.channelsFirst());
        MemorySegment columns = memory.of(kernel.columns());
        MemorySegment x = memory.of(kernel.x());
        Window window = kernel.window();
        scratch.reserveOwn(window.channels());
        return Step.of(window.batch() * window.height(), (worker, line) -> {
            for (int pixel = 0; pixel < window.width(); pixel++) {
                unfolding.foldPixel(
                        columns, line / window.height(), line % window.height(), pixel, scratch.own(worker), x);
            }
        });
    }

    private static int rowsOfPiece(int columns) {
        return Math.clamp(Pieces.ELEMENTS / Math.max(1, columns), 1, Pieces.ELEMENTS);
    }

    private void unfoldRow(MemorySegment x, int row, float[] line, MemorySegment out) {
        int ox = row % window.outWidth();
        int oy = row / window.outWidth() % window.outHeight();
        long picture = (long) (row / window.outWidth() / window.outHeight())
                * window.channels()
                * window.height()
                * window.width();
        int firstY = oy * window.stride() - window.padding();
        int firstX = ox * window.stride() - window.padding();
        boolean inside = firstY >= 0
                && firstX >= 0
                && firstY + window.kernelHeight() <= window.height()
                && firstX + window.kernelWidth() <= window.width();
        if (!inside) {
            Arrays.fill(line, 0, columns, 0f);
        }
        for (int ky = 0; ky < window.kernelHeight(); ky++) {
            int y = firstY + ky;
            if (y < 0 || y >= window.height()) {
                continue;
            }
            for (int kx = 0; kx < window.kernelWidth(); kx++) {
                int column = firstX + kx;
                if (column >= 0 && column < window.width()) {
                    spread(x, picture + y * yStep + column * xStep, line, ky * window.kernelWidth() + kx);
                }
            }
        }
        MemorySegment.copy(line, 0, out, ValueLayout.JAVA_FLOAT, (long) row * columns * Float.BYTES, columns);
    }

    /** The channels of a pixel, one place of the window apart. */
    private void spread(MemorySegment x, long from, float[] line, int at) {
        if (channelStep == 1) {
            spreadNeighbours(x, from, line, at, area, window.channels());
            return;
        }
        for (int c = 0; c < window.channels(); c++) {
            line[at + c * area] = Lanes.get(x, from + c * channelStep);
        }
    }

    private static void spreadNeighbours(MemorySegment x, long from, float[] line, int at, int area, int channels) {
        int to = at;
        for (int c = 0; c < channels; c++) {
            line[to] = Lanes.get(x, from + c);
            to += area;
        }
    }

    private void foldPixel(MemorySegment folded, int picture, int y, int column, float[] sum, MemorySegment x) {
        int channels = window.channels();
        Arrays.fill(sum, 0, channels, 0f);
        for (int ky = 0; ky < window.kernelHeight(); ky++) {
            int oy = y + window.padding() - ky;
            if (oy < 0 || oy % window.stride() != 0 || oy / window.stride() >= window.outHeight()) {
                continue;
            }
            for (int kx = 0; kx < window.kernelWidth(); kx++) {
                int ox = column + window.padding() - kx;
                if (ox < 0 || ox % window.stride() != 0 || ox / window.stride() >= window.outWidth()) {
                    continue;
                }
                long row = ((long) picture * window.outHeight() + oy / window.stride()) * window.outWidth()
                        + ox / window.stride();
                collect(folded, row * columns + ky * window.kernelWidth() + kx, sum, area, channels);
            }
        }
        long to = (long) picture * channels * window.height() * window.width() + y * yStep + column * xStep;
        for (int c = 0; c < channels; c++) {
            Lanes.set(x, to + c * channelStep, sum[c]);
        }
    }

    private static void collect(MemorySegment folded, long from, float[] sum, int area, int channels) {
        int at = 0;
        for (int c = 0; c < channels; c++) {
            sum[c] += Lanes.get(folded, from + at);
            at += area;
        }
    }
}
