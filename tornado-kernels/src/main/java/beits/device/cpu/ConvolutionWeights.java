package beits.device.cpu;

import beits.kernel.ConvolutionWeightBackward;
import beits.kernel.Window;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Gradient of a convolution's weight without the unfolded matrix. Some rows of a picture, with zeros around it, lie once in panels
 * [pixel][channel]; what a place of the kernel reads is then the same panel from another pixel on, and the sum over pixels runs
 * through the ends of rows because the gradient is zero there. All threads fill the panels of a block of rows together, then
 * share out the places of the kernel; the blocks follow one another, so each sum has one order.
 */
final class ConvolutionWeights implements Step {
    /** Elements of the panels of a block of rows: 512 KB. */
    private static final int BLOCK_SIZE = 131072;
    /** Pixels in a sum before it is added to memory, at least. */
    private static final int LEAST_PIXELS = 256;

    private final MicroKernel kernel;
    private final Scratch scratch;
    private final Window window;
    private final MemorySegment x;
    private final MemorySegment dy;
    private final MemorySegment dWeight;
    private final boolean channelsFirst;
    private final boolean accumulate;
    private final int out;
    private final int area;
    private final int stride;
    private final int places;
    private final int channelPanels;
    private final int outPanels;
    private final int blockRows;
    private final int blocks;
    private final int pictureRows;
    private final int pictureAt;
    private final int gradientAt;
    private final int sumsAt;
    private final WorkerPool.Body packing = this::pack;
    private final WorkerPool.Body multiplication = this::multiply;
    private final WorkerPool.Body storing = this::store;

    private int image;
    private int firstRow;
    private int rows;

    ConvolutionWeights(ConvolutionWeightBackward convolution, Memory memory, Scratch scratch, MicroKernel kernel) {
        this.kernel = kernel;
        this.scratch = scratch;
        this.window = convolution.window();
        this.x = memory.of(convolution.x());
        this.dy = memory.of(convolution.dy());
        this.dWeight = memory.of(convolution.dWeight());
        this.channelsFirst = convolution.channelsFirst();
        this.accumulate = convolution.accumulate();
        this.out = convolution.dWeight().shape().rows();
        this.area = window.kernelHeight() * window.kernelWidth();
        this.stride = window.stride();
        this.places = window.outWidth() + (window.kernelWidth() - 1) / stride;
        this.channelPanels = Pieces.ceil(window.channels(), kernel.columns());
        this.outPanels = Pieces.ceil(out, kernel.rows());
        int perRow = places * (stride * stride * channelPanels * kernel.columns() + outPanels * kernel.rows());
        int wanted = Math.max(BLOCK_SIZE / perRow, Pieces.ceil(LEAST_PIXELS, places));
        this.blocks = Pieces.ceil(window.outHeight(), wanted);
        this.blockRows = Pieces.ceil(window.outHeight(), blocks);
        this.pictureRows = blockRows + (window.kernelHeight() - 1) / stride;
        this.pictureAt = Scratch.START;
        this.gradientAt = pictureAt + channelPanels * stride * stride * pictureRows * places * kernel.columns();
        this.sumsAt = gradientAt + outPanels * blockRows * places * kernel.rows();
        scratch.reserveCommon(
                (long) sumsAt + (long) area * channelPanels * outPanels * kernel.rows() * kernel.columns());
        scratch.reserveOwn(Scratch.START + (long) kernel.rows() * kernel.columns());
    }

    @Override
    public void run(WorkerPool pool) {
        for (image = 0; image < window.batch(); image++) {
            for (int block = 0; block < blocks; block++) {
                firstRow = block * blockRows;
                rows = Math.min(blockRows, window.outHeight() - firstRow);
                pool.forEach(pictureRows * stride + rows, packing);
                pool.forEach(area * channelPanels, multiplication);
            }
        }
        pool.forEach(out, storing);
    }

    /** A row of one phase of the picture, or a row of the gradient. */
    private void pack(int worker, int piece) {
        if (piece >= pictureRows * stride) {
            packGradient(piece - pictureRows * stride);
            return;
        }
        int phase = piece % stride;
        int row = piece / stride;
        int y = (firstRow + row) * stride + phase - window.padding();
        for (int panel = 0; panel < channelPanels; panel++) {
            for (int px = 0; px < stride; px++) {
                packPicture(panel, phase, px, row, y);
            }
        }
    }

    private int width(int panel) {
        return kernel.panelColumns(window.channels() - panel * kernel.columns());
    }

    /** Where pixels of a row lie: [panel][phase of rows][phase of columns][row][place][channel]. */
    private int pictureAt(int panel, int py, int px, int row) {
        int rowNumber = ((panel * stride + py) * stride + px) * pictureRows;
        return pictureAt + rowNumber * places * kernel.columns() + row * places * width(panel);
    }

    private void packPicture(int panel, int py, int px, int row, int y) {
        float[] target = scratch.common();
        int width = width(panel);
        int at = pictureAt(panel, py, px, row);
        int left = px - window.padding();
        int first = Math.clamp(Pieces.ceil(-left, stride), 0, places);
        int last = Math.clamp(Pieces.ceil(window.width() - left, stride), first, places);
        if (y < 0 || y >= window.height() || first == last) {
            Arrays.fill(target, at, at + places * width, 0f);
            return;
        }
        Arrays.fill(target, at, at + first * width, 0f);
        Arrays.fill(target, at + last * width, at + places * width, 0f);
        int channel = panel * kernel.columns();
        int present = Math.min(kernel.columns(), window.channels() - channel);
        int column = left + first * stride;
        int to = at + first * width;
        if (channelsFirst) {
            long source =
                    (((long) image * window.channels() + channel) * window.height() + y) * window.width() + column;
            long channelStep = (long) window.height() * window.width();
            for (int i = 0; i < last - first; i++) {
                for (int c = 0; c < width; c++) {
                    target[to++] = c < present ? Lanes.get(x, source + c * channelStep + (long) i * stride) : 0f;
                }
            }
            return;
        }
        long source = (((long) image * window.height() + y) * window.width() + column) * window.channels() + channel;
        Packing.columns(x, source, (long) stride * window.channels(), present, last - first, target, to, width);
    }

    private void packGradient(int row) {
        float[] target = scratch.common();
        int width = window.outWidth();
        long source = (((long) image * window.outHeight() + firstRow + row) * width) * out;
        for (int panel = 0; panel < outPanels; panel++) {
            int from = panel * kernel.rows();
            int present = Math.min(kernel.rows(), out - from);
            int panelWidth = kernel.panelRows(present);
            int at = gradientAt + (panel * blockRows * kernel.rows() + row * panelWidth) * places;
            Packing.columns(dy, source + from, out, present, width, target, at, panelWidth);
            Arrays.fill(target, at + width * panelWidth, at + places * panelWidth, 0f);
        }
    }

    /** All products of one place of the kernel with one panel of channels. */
    private void multiply(int worker, int piece) {
        float[] own = scratch.own(worker);
        float[] common = scratch.common();
        int panel = piece % channelPanels;
        int ky = piece / channelPanels / window.kernelWidth();
        int kx = piece / channelPanels % window.kernelWidth();
        int width = width(panel);
        int picture = pictureAt(panel, ky % stride, kx % stride, ky / stride) + kx / stride * width;
        int pixels = (rows - 1) * places + window.outWidth();
        boolean add = image > 0 || firstRow > 0;
        for (int o = 0; o < outPanels; o++) {
            int panelRows = kernel.panelRows(out - o * kernel.rows());
            kernel.multiply(
                    panelRows,
                    width,
                    common,
                    gradientAt + o * blockRows * kernel.rows() * places,
                    common,
                    picture,
                    pixels,
                    own,
                    Scratch.START,
                    kernel.columns());
            int sums = sumsAt + (piece * outPanels + o) * kernel.rows() * kernel.columns();
            TileStore.gather(own, Scratch.START, common, sums, panelRows * kernel.columns(), add);
        }
    }

    private void store(int worker, int o) {
        float[] common = scratch.common();
        int size = kernel.rows() * kernel.columns();
        for (int place = 0; place < area; place++) {
            for (int c = 0; c < window.channels(); c++) {
                int tile = (place * channelPanels + c / kernel.columns()) * outPanels + o / kernel.rows();
                float sum = common[sumsAt + tile * size + o % kernel.rows() * kernel.columns() + c % kernel.columns()];
                long to = ((long) o * window.channels() + c) * area + place;
                Lanes.set(dWeight, to, accumulate ? Lanes.get(dWeight, to) + sum : sum);
            }
        }
    }
}
