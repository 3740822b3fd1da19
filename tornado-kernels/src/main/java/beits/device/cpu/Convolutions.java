package beits.device.cpu;

import beits.device.cpu.ConvolutionProduct.Form;
import beits.device.cpu.ConvolutionProduct.Place;
import beits.device.cpu.ConvolutionProduct.Tap;
import beits.device.cpu.ConvolutionProduct.Weights;
import beits.kernel.Convolution;
import beits.kernel.ConvolutionInputBackward;
import beits.kernel.Epilogue;
import beits.kernel.Window;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A convolution and the gradient with respect to its picture as products of windows, transformed ones where that pays. */
final class Convolutions {
    private Convolutions() {}

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
        MemorySegment y = memory.of(convolution.y());
        if (WinogradProduct.suits(form, n)) {
            TileStore store = new TileStore(y, 2L * n, convolution.epilogue(), memory);
            return new WinogradProduct(form, weights, place, store, n, scratch, kernel);
        }
        TileStore store = new TileStore(y, n, convolution.epilogue(), memory);
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
        if (WinogradProduct.suits(form, channels)) {
            TileStore store = new TileStore(dx, 2L * stride * channels, Epilogue.NONE, memory);
            return new WinogradProduct(form, weights, place, store, channels, scratch, kernel);
        }
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
}
