package beits.device.cpu;

import beits.device.cpu.ConvolutionProduct.Form;
import beits.device.cpu.ConvolutionProduct.Place;
import beits.device.cpu.ConvolutionProduct.Tap;
import beits.device.cpu.ConvolutionProduct.Weights;
import java.lang.foreign.MemorySegment;

/**
 * A convolution of 3x3 with 4 multiplications for each result and channel instead of 9: F(2x2, 3x3) of Lavin and Gray, "Fast algorithms
 * for convolutional neural networks" (2015). Windows of 4x4 pixels, which overlap by two, and the weights are transformed, their 16
 * elements multiplied as 16 matrix products over the channels, and 16 sums give 2x2 results:
 *
 * <pre>  Y = Aᵀ·[ Σ_i (G·g_i·Gᵀ) ⊙ (Bᵀ·d_i·B) ]·A</pre>
 *
 * F(4x4, 3x3) would need 2.25 of them, but its factors of up to 8 cost digits. A sum is cut by its length alone, so the split over
 * threads does not change a bit.
 */
final class WinogradProduct implements Step {
    /** Elements of a transformed window. */
    private static final int ELEMENTS = 16;
    /** With fewer the transforms weigh more than what they save: 28x28 with 16 channels 5.0 instead of 3.9 ms, 14x14 with 32 1.1 instead of 1.4. */
    static final int LEAST_CHANNELS = 32;
    /** Smaller pictures have too few windows. */
    static final int LEAST_SIDE = 4;
    /** Most channels in one part of the sums; with 128 DALL-E's convolutions took 341 instead of 318 ms, and 602 without this class. */
    private static final int DEPTH_BLOCK = 256;
    /** Elements of transformed windows that a piece makes at once: 384 KB. */
    private static final int WINDOWS_SIZE = 98304;
    /** Sixteen places that are used together lie so much farther apart, or they would share a few sets of the first-level cache. */
    private static final int GAP = 16;

    private final Form form;
    private final Weights weights;
    private final Place place;
    private final TileStore store;
    private final int n;
    private final MicroKernel kernel;
    private final Scratch scratch;
    private final int top;
    private final int left;
    private final int[] order;
    private final int tileRows;
    private final int tileColumns;
    private final int tiles;
    private final int group;
    private final int blockTiles;
    private final int windowStep;
    private final int productsAt;
    private final int tileSize;
    private final int productStep;
    private final int resultsAt;
    private final WindowFrames frames;
    private final WorkerPool.Body packing = this::packWeights;
    private final WorkerPool.Body multiplication = this::multiplyBlock;

    private int first;
    private int last;

    /** As {@link ConvolutionProduct}; rows of {@code store} are every second result. */
    WinogradProduct(
            Form form, Weights weights, Place place, TileStore store, int n, Scratch scratch, MicroKernel kernel) {
        this.form = form;
        this.weights = weights;
        this.place = place;
        this.store = store;
        this.n = n;
        this.kernel = kernel;
        this.scratch = scratch;
        this.top = form.top();
        this.left = form.left();
        this.order = order(form);
        this.tileRows = Pieces.ceil(form.outHeight(), 2);
        this.tileColumns = Pieces.ceil(form.outWidth(), 2);
        this.tiles = form.batch() * tileRows * tileColumns;
        this.group = Pieces.ceil(form.channels(), Pieces.ceil(form.channels(), DEPTH_BLOCK));
        int panels = Math.clamp(
                WINDOWS_SIZE / (ELEMENTS * group * kernel.rows()),
                1,
                Pieces.ceil(tiles, 4 * scratch.workers() * kernel.rows()));
        this.blockTiles = panels * kernel.rows();
        this.windowStep = blockTiles * MicroKernel.ROW_STRIDE + GAP;
        this.productsAt = Pieces.ceil(ELEMENTS * windowStep, 16) * 16 + Scratch.START;
        this.tileSize = kernel.rows() * kernel.columns();
        this.productStep = panels * tileSize + GAP;
        this.resultsAt = productsAt + ELEMENTS * productStep;
        scratch.reserveOwn(
                Math.max(resultsAt + 4L * tileSize, Scratch.START + (long) group * form.count() * kernel.columns()));
        scratch.reserveCommon(Scratch.START
                + (long) Pieces.ceil(n, kernel.columns()) * ELEMENTS * weightStep(kernel.columns(), group));
        this.frames =
                new WindowFrames(form.x(), form.height(), form.width(), form.channels(), 4, group, scratch.workers());
    }

    /** Whether a convolution is one of 3x3 with enough channels on both sides. */
    static boolean suits(Form form, int n) {
        return form.stride() == 1
                && form.count() == 9
                && form.rows() == 3
                && form.places() == form.outWidth() + 2
                && !form.channelsFirst()
                && Math.min(form.channels(), n) >= LEAST_CHANNELS
                && Math.min(form.outHeight(), form.outWidth()) >= LEAST_SIDE;
    }

    private static int[] order(Form form) {
        int[] order = new int[form.count()];
        for (int t = 0; t < order.length; t++) {
            Tap tap = form.taps().get(t);
            order[(tap.dy() - form.top()) * 3 + tap.dx() - form.left()] = t;
        }
        return order;
    }

    private static int weightStep(int columns, int depth) {
        return columns * depth + GAP;
    }

    @Override
    public void run(WorkerPool pool) {
        for (first = 0; first < form.channels(); first = last) {
            last = Math.min(form.channels(), first + group);
            pool.forEach(Pieces.ceil(n, kernel.columns()), packing);
            pool.forEach(Pieces.ceil(tiles, blockTiles), multiplication);
        }
    }

    /** Where the transformed weights of some columns begin. */
    private int weightsAt(int j) {
        return Scratch.START + j / kernel.columns() * ELEMENTS * weightStep(kernel.columns(), last - first);
    }

    private void packWeights(int worker, int panel) {
        int j = panel * kernel.columns();
        int present = Math.min(kernel.columns(), n - j);
        int width = kernel.panelColumns(present);
        int depth = last - first;
        float[] own = scratch.own(worker);
        weights.pack(j, present, first, last, own, Scratch.START, width);
        WinogradLoops.weights(
                own, Scratch.START, order, depth, scratch.common(), weightsAt(j), weightStep(width, depth), width);
    }

    private void multiplyBlock(int worker, int piece) {
        float[] own = scratch.own(worker);
        int from = piece * blockTiles;
        int to = Math.min(tiles, from + blockTiles);
        int next;
        for (int tile = from; tile < to; tile = next) {
            next = Math.min(to, (tile / tileColumns + 1) * tileColumns);
            transformRow(worker, tile, next - tile, (tile - from) * MicroKernel.ROW_STRIDE);
        }
        for (int j = 0; j < n; j += kernel.columns()) {
            multiply(own, to - from, j);
            for (int tile = from; tile < to; tile += kernel.rows()) {
                finish(own, tile, Math.min(to, tile + kernel.rows()), (tile - from) / kernel.rows(), j);
            }
        }
    }

    /** Neighbouring windows of one row, those that reach over an edge by way of a frame. */
    private void transformRow(int worker, int tile, int count, int at) {
        float[] own = scratch.own(worker);
        int image = tile / (tileRows * tileColumns);
        int y = tile / tileColumns % tileRows * 2 + top;
        int depth = last - first;
        int to = at;
        int run;
        for (int i = 0; i < count; i += run) {
            int x = (tile % tileColumns + i) * 2 + left;
            run = frames.inside(y, x, count - i);
            MemorySegment source = form.x();
            long corner = frames.at(image, y, x) + first;
            long row = frames.at(0, 1, 0);
            long pixel = form.channels();
            if (run == 0) {
                run = 1;
                source = frames.copy(worker, image, y, x, first, depth);
                corner = 0;
                row = frames.rowStep();
                pixel = frames.pixelStep();
            }
            WinogradLoops.windows(source, corner, row, pixel, depth, run, own, to, MicroKernel.ROW_STRIDE, windowStep);
            to += run * MicroKernel.ROW_STRIDE;
        }
    }

    /** Tiles [element][panel], element by element so that a panel of weights stays in the first-level cache for all windows. */
    private void multiply(float[] own, int count, int j) {
        int depth = last - first;
        int columns = kernel.panelColumns(n - j);
        for (int element = 0; element < ELEMENTS; element++) {
            for (int i = 0; i < count; i += kernel.rows()) {
                kernel.multiplyRows(
                        kernel.panelRows(count - i),
                        columns,
                        own,
                        element * windowStep + i * MicroKernel.ROW_STRIDE,
                        scratch.common(),
                        weightsAt(j) + element * weightStep(columns, depth),
                        depth,
                        own,
                        productsAt + element * productStep + i * kernel.columns(),
                        kernel.columns());
            }
        }
    }

    /** Brings the results of a panel of windows to their places, row by row. */
    private void finish(float[] own, int from, int to, int panel, int j) {
        int columns = Math.min(kernel.columns(), n - j);
        WinogradLoops.results(
                own,
                productsAt + panel * tileSize,
                productStep,
                to - from,
                kernel.panelColumns(columns),
                kernel.columns(),
                resultsAt,
                tileSize);
        int next;
        for (int tile = from; tile < to; tile = next) {
            next = Math.min(to, (tile / tileColumns + 1) * tileColumns);
            int image = tile / (tileRows * tileColumns);
            for (int result = 0; result < 4; result++) {
                int y = tile / tileColumns % tileRows * 2 + result / 2;
                int x = tile % tileColumns * 2 + result % 2;
                if (y < form.outHeight() && x < form.outWidth()) {
                    store.finishAt(
                            own,
                            resultsAt + result * tileSize + (tile - from) * kernel.columns(),
                            kernel.columns(),
                            Math.min(next - tile, Pieces.ceil(form.outWidth() - x, 2)),
                            columns,
                            place.of(image, y, x) + j,
                            j,
                            first > 0,
                            last == form.channels());
                }
            }
        }
    }
}
