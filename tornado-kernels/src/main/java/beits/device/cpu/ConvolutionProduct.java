package beits.device.cpu;

import beits.kernel.Convolution;
import beits.kernel.ConvolutionInputBackward;
import beits.kernel.Epilogue;
import beits.kernel.Window;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
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
    private record Tap(int dy, int dx, int place) {}

    /** What differs between a convolution and its gradient. */
    private record Form(
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

        int rowsOf(int outRows) {
            return (outRows - 1) * stride
                    + taps.stream().mapToInt(Tap::dy).max().orElseThrow()
                    - top()
                    + 1;
        }

        int places() {
            return outWidth + (taps.stream().mapToInt(Tap::dx).max().orElseThrow() - left()) / stride;
        }
    }

    /** Packs the weights of some output columns for channels {@code from} to {@code to}. */
    @FunctionalInterface
    private interface Weights {
        void pack(int column, int columns, int from, int to, float[] target, int at, int width);
    }

    /** The element of C where the first of some neighbouring results belongs. */
    @FunctionalInterface
    private interface Place {
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

    private ConvolutionProduct(
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
        this.group = group(form.channels, form.count());
        int even = Pieces.ceil(form.batch * form.outHeight, 4 * scratch.workers());
        int fitting = 1;
        while (fitting < Math.min(even, form.outHeight)
                && group * rows.channelLength(form.rowsOf(fitting + 1)) <= ROWS_SIZE) {
            fitting++;
        }
        this.blockRows = fitting;
        this.blocks = Pieces.ceil(form.outHeight, blockRows);
        int channelLength = rows.channelLength(form.rowsOf(blockRows));
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

    private int[] offsets() {
        int[] offsets = new int[form.count()];
        for (int t = 0; t < offsets.length; t++) {
            int dx = form.taps.get(t).dx - form.left();
            offsets[t] = (form.taps.get(t).dy - form.top()) * rows.rowLength()
                    + dx % form.stride * form.places()
                    + dx / form.stride;
        }
        return offsets;
    }

    /** The convolution itself. */
    static Step forward(Convolution convolution, Memory memory, Scratch scratch, MicroKernel kernel) {
        Window window = convolution.window();
        List<Tap> taps = new ArrayList<>();
        for (int ky = 0; ky < window.kernelHeight(); ky++) {
            for (int kx = 0; kx < window.kernelWidth(); kx++) {
                taps.add(new Tap(ky - window.padding(), kx - window.padding(), taps.size()));
            }
        }
        Form form = new Form(
                memory.of(convolution.x()),
                window.batch(),
                window.channels(),
                window.height(),
                window.width(),
                convolution.channelsFirst(),
                window.stride(),
                window.outHeight(),
                window.outWidth(),
                taps);
        int n = convolution.weight().shape().rows();
        int area = taps.size();
        int stride = window.columns();
        MemorySegment weight = memory.of(convolution.weight());
        Weights weights = (column, columns, from, to, target, at, width) -> Packing.rows(
                weight,
                (long) column * stride + (long) from * area,
                stride,
                columns,
                (to - from) * area,
                target,
                at,
                width);
        Place place = (image, u, v) -> (((long) image * window.outHeight() + u) * window.outWidth() + v) * n;
        TileStore store = new TileStore(memory.of(convolution.y()), n, convolution.epilogue(), memory);
        return new ConvolutionProduct(form, weights, place, store, n, scratch, kernel);
    }

    /**
     * The gradient with respect to the picture: pixels whose windows begin in the same phase of the stride make a convolution of
     * dy with every stride-th place of the kernel, turned round.
     */
    static Step inputBackward(
            ConvolutionInputBackward convolution, Memory memory, Scratch scratch, MicroKernel kernel) {
        Window window = convolution.window();
        List<Step> phases = new ArrayList<>();
        for (int py = 0; py < window.stride(); py++) {
            for (int px = 0; px < window.stride(); px++) {
                phases.add(inputBackward(convolution, py, px, memory, scratch, kernel));
            }
        }
        return Step.sequence(phases.toArray(Step[]::new));
    }

    /** The pixels (y, x) with {@code (y + padding) % stride = py} and likewise for x. */
    private static Step inputBackward(
            ConvolutionInputBackward convolution, int py, int px, Memory memory, Scratch scratch, MicroKernel kernel) {
        Window window = convolution.window();
        int stride = window.stride();
        int firstY = Math.floorMod(py - window.padding(), stride);
        int firstX = Math.floorMod(px - window.padding(), stride);
        int outHeight = Pieces.ceil(window.height() - firstY, stride);
        int outWidth = Pieces.ceil(window.width() - firstX, stride);
        if (outHeight <= 0 || outWidth <= 0) {
            return pool -> {};
        }
        List<Tap> taps = new ArrayList<>();
        for (int ky = py; ky < window.kernelHeight(); ky += stride) {
            for (int kx = px; kx < window.kernelWidth(); kx += stride) {
                taps.add(new Tap(
                        (firstY + window.padding() - ky) / stride,
                        (firstX + window.padding() - kx) / stride,
                        ky * window.kernelWidth() + kx));
            }
        }
        int channels = window.channels();
        MemorySegment dx = memory.of(convolution.dx());
        Place place = (image, u, v) -> (((long) image * window.height() + firstY + (long) u * stride) * window.width()
                        + firstX
                        + (long) v * stride)
                * channels;
        if (taps.isEmpty()) {
            return Step.of(window.batch() * outHeight, (worker, row) -> {
                for (int v = 0; v < outWidth; v++) {
                    Rows.clear(dx, place.of(row / outHeight, row % outHeight, v), channels);
                }
            });
        }
        Form form = new Form(
                memory.of(convolution.dy()),
                window.batch(),
                convolution.weight().shape().rows(),
                window.outHeight(),
                window.outWidth(),
                false,
                1,
                outHeight,
                outWidth,
                taps);
        MemorySegment weight = memory.of(convolution.weight());
        int area = window.kernelHeight() * window.kernelWidth();
        int[] places = taps.stream().mapToInt(Tap::place).toArray();
        Weights weights = (column, columns, from, to, target, at, width) ->
                packTurned(weight, window.columns(), area, places, column, columns, from, to, target, at, width);
        TileStore store = new TileStore(dx, (long) stride * channels, Epilogue.NONE, memory);
        return new ConvolutionProduct(form, weights, place, store, channels, scratch, kernel);
    }

    /** {@code target[(i − from)·taps + t, j] = weight[i, (column + j)·area + places_t]}. */
    private static void packTurned(
            MemorySegment weight,
            int stride,
            int area,
            int[] places,
            int column,
            int columns,
            int from,
            int to,
            float[] target,
            int at,
            int width) {
        int row = at;
        for (int i = from; i < to; i++) {
            for (int place : places) {
                long source = (long) i * stride + (long) column * area + place;
                for (int j = 0; j < columns; j++) {
                    target[row + j] = Lanes.get(weight, source + (long) j * area);
                }
                for (int j = columns; j < width; j++) {
                    target[row + j] = 0f;
                }
                row += width;
            }
        }
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
        int pictureRows = form.rowsOf(toRow - fromRow);
        rows.fill(image, first, last, fromRow * form.stride + form.top(), pictureRows, own, Scratch.START);
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
