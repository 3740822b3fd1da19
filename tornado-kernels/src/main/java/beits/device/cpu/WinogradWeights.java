package beits.device.cpu;

import beits.kernel.ConvolutionWeightBackward;
import beits.kernel.Window;
import java.lang.foreign.MemorySegment;

/**
 * Gradient of the weight of a convolution of 3x3 by the adjoint of {@link WinogradProduct}, with 4 multiplications for each result and
 * channel instead of 9:
 *
 * <pre>  dg_i = Gᵀ·[ Σ_windows (A·dY·Aᵀ) ⊙ (Bᵀ·d_i·B) ]·G</pre>
 *
 * Both factors come out of their transforms as panels, because sums run over windows and lanes are channels. A piece is a part of the
 * windows and a group of channels on each side; it transforms some windows in the second-level cache, multiplies them there and goes on.
 * Parts do not depend on the number of threads, so neither do results.
 */
final class WinogradWeights implements Step {
    /** Elements of a transformed window. */
    private static final int ELEMENTS = 16;
    /** Most input channels in a group. */
    private static final int CHANNEL_GROUP = 64;
    /** Most output channels in a group: a multiple of the rows of any micro-kernel. */
    private static final int OUT_GROUP = 144;
    /** Elements of all panels that a piece holds: 640 KB, inside a second-level cache of 1 MB. */
    private static final int BLOCK_SIZE = 163840;
    /** Pieces, at least, unless that leaves fewer windows for each than {@link #LEAST_WINDOWS}. */
    private static final int LEAST_PIECES = 16;

    private static final int LEAST_WINDOWS = 256;
    /** What a vector may write beyond a panel, and what keeps sixteen places that are used together out of the same few sets of a cache. */
    private static final int GAP = 16;

    private final MicroKernel kernel;
    private final Scratch scratch;
    private final Window window;
    private final MemorySegment x;
    private final MemorySegment dy;
    private final MemorySegment dWeight;
    private final boolean accumulate;
    private final int out;
    private final int tileRows;
    private final int tileColumns;
    private final int tiles;
    private final int channelPanels;
    private final int outPanels;
    private final int channelGroups;
    private final int groups;
    private final int parts;
    private final int blockTiles;
    private final int pictureStep;
    private final int gradientPanel;
    private final int gradientStep;
    private final int gradientAt;
    private final int tileAt;
    private final int tileSize;
    private final int sumsStep;
    private final WindowFrames pictureFrames;
    private final WindowFrames gradientFrames;
    private final WorkerPool.Body multiplication = this::multiply;
    private final WorkerPool.Body storing = this::store;

    WinogradWeights(ConvolutionWeightBackward convolution, Memory memory, Scratch scratch, MicroKernel kernel) {
        this.kernel = kernel;
        this.scratch = scratch;
        this.window = convolution.window();
        this.x = memory.of(convolution.x());
        this.dy = memory.of(convolution.dy());
        this.dWeight = memory.of(convolution.dWeight());
        this.accumulate = convolution.accumulate();
        this.out = convolution.dWeight().shape().rows();
        this.tileRows = Pieces.ceil(window.outHeight(), 2);
        this.tileColumns = Pieces.ceil(window.outWidth(), 2);
        this.tiles = window.batch() * tileRows * tileColumns;
        this.channelPanels = Pieces.ceil(Math.min(window.channels(), CHANNEL_GROUP), kernel.columns());
        this.outPanels = Pieces.ceil(Math.min(out, OUT_GROUP), kernel.rows());
        this.channelGroups = Pieces.ceil(window.channels(), channelPanels * kernel.columns());
        this.groups = channelGroups * Pieces.ceil(out, outPanels * kernel.rows());
        this.parts = Math.clamp(tiles / LEAST_WINDOWS, 1, Pieces.ceil(LEAST_PIECES, groups));
        int perTile = ELEMENTS * (channelPanels * kernel.columns() + outPanels * kernel.rows());
        this.blockTiles = Math.min(Pieces.ceil(tiles, parts), BLOCK_SIZE / perTile);
        this.pictureStep = channelPanels * blockTiles * kernel.columns() + GAP;
        this.gradientPanel = blockTiles * kernel.rows() + GAP;
        this.gradientStep = outPanels * gradientPanel + GAP;
        this.gradientAt = Scratch.START + ELEMENTS * pictureStep;
        this.tileAt = Pieces.ceil(gradientAt + ELEMENTS * gradientStep, 16) * 16 + Scratch.START;
        this.tileSize = kernel.rows() * kernel.columns();
        this.sumsStep = channelPanels * outPanels * tileSize;
        scratch.reserveCommon(Scratch.START + (long) parts * groups * ELEMENTS * sumsStep);
        scratch.reserveOwn(tileAt + (long) Math.max(tileSize, 9 * kernel.columns()));
        int workers = scratch.workers();
        this.pictureFrames =
                new WindowFrames(x, window.height(), window.width(), window.channels(), 4, kernel.columns(), workers);
        this.gradientFrames =
                new WindowFrames(dy, window.outHeight(), window.outWidth(), out, 2, kernel.rows(), workers);
    }

    /** Whether {@link WinogradProduct} would suit the convolution. */
    static boolean suits(ConvolutionWeightBackward convolution) {
        Window window = convolution.window();
        return window.kernelHeight() == 3
                && window.kernelWidth() == 3
                && window.stride() == 1
                && !convolution.channelsFirst()
                && Math.min(window.channels(), convolution.dWeight().shape().rows()) >= WinogradProduct.LEAST_CHANNELS
                && Math.min(window.outHeight(), window.outWidth()) >= WinogradProduct.LEAST_SIDE;
    }

    @Override
    public void run(WorkerPool pool) {
        pool.forEach(parts * groups, multiplication);
        pool.forEach(out, storing);
    }

    private void multiply(int worker, int piece) {
        int part = piece / groups;
        int channel = piece % groups % channelGroups * channelPanels * kernel.columns();
        int o = piece % groups / channelGroups * outPanels * kernel.rows();
        int from = (int) ((long) tiles * part / parts);
        int to = (int) ((long) tiles * (part + 1) / parts);
        for (int tile = from; tile < to; tile += blockTiles) {
            int count = Math.min(blockTiles, to - tile);
            for (int panel = 0; panel < channelPanels; panel++) {
                packPicture(tile, count, channel + panel * kernel.columns(), panel, worker);
            }
            for (int panel = 0; panel < outPanels; panel++) {
                packGradient(tile, count, o + panel * kernel.rows(), panel, worker);
            }
            for (int element = 0; element < ELEMENTS; element++) {
                multiply(scratch.own(worker), piece, element, count, channel, o, tile > from);
            }
        }
    }

    /** Windows of a panel of input channels: [element][panel][window][channel]. */
    private void packPicture(int first, int count, int channel, int panel, int worker) {
        int present = Math.min(kernel.columns(), window.channels() - channel);
        int width = kernel.panelColumns(present);
        int at = Scratch.START + panel * blockTiles * kernel.columns();
        int run;
        for (int tile = first; tile < first + count && present > 0; tile += run) {
            int image = tile / (tileRows * tileColumns);
            int y = tile / tileColumns % tileRows * 2 - window.padding();
            int x = tile % tileColumns * 2 - window.padding();
            run = pictureFrames.inside(y, x, restOfRow(tile, first + count));
            MemorySegment source = this.x;
            long corner = pictureFrames.at(image, y, x) + channel;
            long row = pictureFrames.at(0, 1, 0);
            long pixel = window.channels();
            if (run == 0) {
                run = 1;
                source = pictureFrames.copy(worker, image, y, x, channel, present);
                corner = 0;
                row = pictureFrames.rowStep();
                pixel = pictureFrames.pixelStep();
            }
            WinogradLoops.windows(
                    source, corner, row, pixel, present, run, scratch.own(worker), at, width, pictureStep);
            at += run * width;
        }
    }

    /** Windows of a panel of output channels, in order because each writes into the next one's place: [element][panel][window][channel]. */
    private void packGradient(int first, int count, int channel, int panel, int worker) {
        int present = Math.min(kernel.rows(), out - channel);
        int width = kernel.panelRows(present);
        int at = gradientAt + panel * gradientPanel;
        int run;
        for (int tile = first; tile < first + count && present > 0; tile += run) {
            int image = tile / (tileRows * tileColumns);
            int y = tile / tileColumns % tileRows * 2;
            int x = tile % tileColumns * 2;
            run = gradientFrames.inside(y, x, restOfRow(tile, first + count));
            MemorySegment source = dy;
            long corner = gradientFrames.at(image, y, x) + channel;
            long row = gradientFrames.at(0, 1, 0);
            long pixel = out;
            if (run == 0) {
                run = 1;
                source = gradientFrames.copy(worker, image, y, x, channel, present);
                corner = 0;
                row = gradientFrames.rowStep();
                pixel = gradientFrames.pixelStep();
            }
            WinogradLoops.gradients(
                    source, corner, row, pixel, width, run, scratch.own(worker), at, width, gradientStep);
            at += run * width;
        }
    }

    /** Windows from one on to the end of its row, or to another. */
    private int restOfRow(int tile, int end) {
        return Math.min(end, (tile / tileColumns + 1) * tileColumns) - tile;
    }

    /** All products of one element of the windows. */
    private void multiply(float[] own, int piece, int element, int count, int channel, int o, boolean add) {
        for (int panel = 0; panel < channelPanels && channel + panel * kernel.columns() < window.channels(); panel++) {
            int columns = kernel.panelColumns(window.channels() - channel - panel * kernel.columns());
            for (int i = 0; i < outPanels && o + i * kernel.rows() < out; i++) {
                int rows = kernel.panelRows(out - o - i * kernel.rows());
                kernel.multiply(
                        rows,
                        columns,
                        own,
                        gradientAt + element * gradientStep + i * gradientPanel,
                        own,
                        Scratch.START + element * pictureStep + panel * blockTiles * kernel.columns(),
                        count,
                        own,
                        tileAt,
                        kernel.columns());
                int sums = sumsAt(piece, element, panel, i);
                TileStore.gather(own, tileAt, scratch.common(), sums, rows * kernel.columns(), add);
            }
        }
    }

    private int sumsAt(int piece, int element, int panel, int outPanel) {
        return Scratch.START + (piece * ELEMENTS + element) * sumsStep + (panel * outPanels + outPanel) * tileSize;
    }

    /** The sums of one output channel, turned into weights. */
    private void store(int worker, int o) {
        float[] own = scratch.own(worker);
        float[] sums = scratch.common();
        int outPanel = o / kernel.rows();
        int group = outPanel / outPanels * channelGroups;
        for (int channel = 0; channel < window.channels(); channel += kernel.columns()) {
            int panel = channel / kernel.columns();
            int present = Math.min(kernel.columns(), window.channels() - channel);
            int columns = kernel.panelColumns(present);
            int at = sumsAt(group + panel / channelPanels, 0, panel % channelPanels, outPanel % outPanels)
                    + o % kernel.rows() * kernel.columns();
            for (int part = 1; part < parts; part++) {
                for (int element = 0; element < ELEMENTS; element++) {
                    int to = at + element * sumsStep;
                    int other = to + part * groups * ELEMENTS * sumsStep;
                    TileStore.gather(sums, other, sums, to, columns, true);
                }
            }
            WinogradLoops.weightGradients(sums, at, sumsStep, columns, own, Scratch.START);
            long to = ((long) o * window.channels() + channel) * 9;
            for (int c = 0; c < present; c++) {
                for (int place = 0; place < 9; place++) {
                    float sum = own[Scratch.START + place * columns + c];
                    Lanes.set(dWeight, to, accumulate ? Lanes.get(dWeight, to) + sum : sum);
                    to++;
                }
            }
        }
    }
}
