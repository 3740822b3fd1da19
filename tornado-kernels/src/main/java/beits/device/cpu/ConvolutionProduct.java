package beits.device.cpu;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A convolution, forward or with respect to its picture, without the unfolded matrix: a few rows of the picture are turned round
 * in the second-level cache ({@link ChannelRows}), panels of neighbouring windows are copied out of them in whole vectors, and each
 * panel is multiplied at once. Writing the unfolded matrix and reading it again took as long as multiplying.
 *
 * <pre>  c[u,v,j] = epilogue( Σ_{i,t} x[u·stride + dy_t, v·stride + dx_t, i] · weight_j[i,t] )</pre>
 *
 * A sum is cut by its length alone, so the split over threads does not change a bit.
 */
final class ConvolutionProduct implements Step {
    /** Longest part of a sum. */
    private static final int DEPTH_BLOCK = 1536;
    /** Elements of picture rows that a piece turns round: 320 KB. */
    private static final int ROWS_SIZE = 81920;
    /** Elements of packed windows: 260 KB. */
    private static final int WINDOWS_SIZE = 65536;

    /** Where a window reads, relative to its corner, and which place of the kernel that is. */
    record Tap(int dy, int dx, int place) {}

    /** What differs between a convolution and its gradient. */
    record Form(
            MemorySegment x,
            int batch,
            int channels,
            int height,
            int width,
            boolean channelsFirst,
            int stride,
            int outHeight,
            int outWidth,
            List<Tap> taps) {
        int count() {
            return taps.size();
        }

        int top() {
            return taps.stream().mapToInt(Tap::dy).min().orElseThrow();
        }

        int left() {
            return taps.stream().mapToInt(Tap::dx).min().orElseThrow();
        }

        /** Rows of the picture that one row of windows reads. */
        int rows() {
            return taps.stream().mapToInt(Tap::dy).max().orElseThrow() - top() + 1;
        }

        int places() {
            return outWidth + (taps.stream().mapToInt(Tap::dx).max().orElseThrow() - left()) / stride;
        }
    }

    /** Packs the weights of some output columns for channels {@code from} to {@code to}. */
    @FunctionalInterface
    interface Weights {
        void pack(int column, int columns, int from, int to, float[] target, int at, int width);
    }

    /** The element of C where the first of some neighbouring results belongs. */
    @FunctionalInterface
    interface Place {
        long of(int image, int u, int v);
    }

    private final Form form;
    private final Weights weights;
    private final Place place;
    private final TileStore store;
    private final int n;
    private final MicroKernel kernel;
    private final Scratch scratch;
    private final ChannelRows rows;
    private final int top;
    private final int rowsOfWindow;
    private final int[] offsets;
    private final int group;
    private final int blockRows;
    private final int windowRows;
    private final int blocks;
    private final int panelsAt;
    private final int tileAt;
    private final WorkerPool.Body packing = this::packWeights;
    private final WorkerPool.Body multiplication = this::multiplyBlock;

    private int first;
    private int last;

    ConvolutionProduct(
            Form form, Weights weights, Place place, TileStore store, int n, Scratch scratch, MicroKernel kernel) {
        this.form = form;
        this.weights = weights;
        this.place = place;
        this.store = store;
        this.n = n;
        this.kernel = kernel;
        this.scratch = scratch;
        this.rows = new ChannelRows(
                form.x,
                form.channelsFirst,
                form.channels,
                form.height,
                form.width,
                form.stride,
                form.left(),
                form.places());
        this.top = form.top();
        this.rowsOfWindow = form.rows();
        this.group = group(form.channels, form.count());
        int even = Pieces.ceil(form.batch * form.outHeight, 4 * scratch.workers());
        int fitting = 1;
        while (fitting < Math.min(even, form.outHeight)
                && group * rows.channelLength(rowsOf(fitting + 1)) <= ROWS_SIZE) {
            fitting++;
        }
        this.blockRows = fitting;
        this.blocks = Pieces.ceil(form.outHeight, blockRows);
        int channelLength = rows.channelLength(rowsOf(blockRows));
        int depth = group * form.count();
        int rowSize = Pieces.ceil(form.outWidth, kernel.rows()) * kernel.rows() * depth;
        this.windowRows = Math.clamp(WINDOWS_SIZE / rowSize, 1, blockRows);
        this.offsets = offsets();
        this.panelsAt = Pieces.ceil(Scratch.START + group * channelLength, 16) * 16 + Scratch.START;
        this.tileAt = Pieces.ceil(panelsAt + windowRows * rowSize, 16) * 16 + Scratch.START + 16;
        scratch.reserveOwn(tileAt + (long) kernel.rows() * kernel.columns());
        scratch.reserveCommon(Scratch.START + (long) Pieces.ceil(n, kernel.columns()) * kernel.columns() * depth);
    }

    /** Channels in one part of the sums. */
    private static int group(int channels, int taps) {
        int groups = Pieces.ceil(channels, Math.max(1, DEPTH_BLOCK / taps));
        int even = Pieces.ceil(channels, groups);
        return Math.min(channels, Pieces.ceil(even, 16) * 16);
    }

    /** Rows of the picture that some rows of windows read. */
    private int rowsOf(int outRows) {
        return (outRows - 1) * form.stride + rowsOfWindow;
    }

    private int[] offsets() {
        int[] offsets = new int[form.count()];
        for (int t = 0; t < offsets.length; t++) {
            int dx = form.taps.get(t).dx - form.left();
            offsets[t] = (form.taps.get(t).dy - top) * rows.rowLength()
                    + dx % form.stride * form.places()
                    + dx / form.stride;
        }
        return offsets;
    }

    @Override
    public void run(WorkerPool pool) {
        for (first = 0; first < form.channels; first = last) {
            last = Math.min(form.channels, first + group);
            pool.forEach(Pieces.ceil(n, kernel.columns()), packing);
            pool.forEach(form.batch * blocks, multiplication);
        }
    }

    private void packWeights(int worker, int panel) {
        int j = panel * kernel.columns();
        int present = Math.min(kernel.columns(), n - j);
        int at = Scratch.START + j * (last - first) * form.count();
        weights.pack(j, present, first, last, scratch.common(), at, kernel.panelColumns(present));
    }

    private void multiplyBlock(int worker, int piece) {
        float[] own = scratch.own(worker);
        int image = piece / blocks;
        int fromRow = piece % blocks * blockRows;
        int toRow = Math.min(form.outHeight, fromRow + blockRows);
        int pictureRows = rowsOf(toRow - fromRow);
        rows.fill(image, first, last, fromRow * form.stride + top, pictureRows, own, Scratch.START);
        for (int row = fromRow; row < toRow; row += windowRows) {
            int count = Math.min(windowRows, toRow - row);
            packWindows(own, row - fromRow, count, rows.channelLength(pictureRows));
            multiplyRows(own, image, row, count);
        }
    }

    /** Panels [row][panel][channel, tap][window] of some rows of windows. */
    private void packWindows(float[] own, int row, int count, int channelLength) {
        int depth = (last - first) * form.count();
        int at = panelsAt;
        for (int u = row; u < row + count; u++) {
            for (int v = 0; v < form.outWidth; v += kernel.rows()) {
                int width = kernel.panelRows(form.outWidth - v);
                int from = Scratch.START + u * form.stride * rows.rowLength() + v;
                if (width <= Lanes.COUNT) {
                    copyVectors(own, from, channelLength, offsets, last - first, at, width);
                } else {
                    copyRuns(own, from, channelLength, offsets, last - first, at, width);
                }
                at += width * depth;
            }
        }
    }

    /** A vector of each channel and tap; what it writes beyond its row of the panel is written over by the next one. */
    private static void copyVectors(
            float[] own, int from, int channelLength, int[] offsets, int channels, int at, int width) {
        int to = at;
        for (int c = 0; c < channels; c++) {
            int channel = from + c * channelLength;
            for (int offset : offsets) {
                Lanes.load(own, channel + offset).intoArray(own, to);
                to += width;
            }
        }
    }

    private static void copyRuns(
            float[] own, int from, int channelLength, int[] offsets, int channels, int at, int width) {
        int to = at;
        for (int c = 0; c < channels; c++) {
            for (int offset : offsets) {
                System.arraycopy(own, from + c * channelLength + offset, own, to, width);
                to += width;
            }
        }
    }

    private void multiplyRows(float[] own, int image, int row, int count) {
        int depth = (last - first) * form.count();
        for (int j = 0; j < n; j += kernel.columns()) {
            int columns = Math.min(kernel.columns(), n - j);
            int at = panelsAt;
            for (int u = row; u < row + count; u++) {
                for (int v = 0; v < form.outWidth; v += kernel.rows()) {
                    int windows = Math.min(kernel.rows(), form.outWidth - v);
                    int width = kernel.panelRows(windows);
                    kernel.multiply(
                            width,
                            kernel.panelColumns(columns),
                            own,
                            at,
                            scratch.common(),
                            Scratch.START + j * depth,
                            depth,
                            own,
                            tileAt,
                            kernel.columns());
                    store.finishAt(
                            own,
                            tileAt,
                            kernel.columns(),
                            windows,
                            columns,
                            place.of(image, u, v) + j,
                            j,
                            first > 0,
                            last == form.channels);
                    at += width * depth;
                }
            }
        }
    }
}
