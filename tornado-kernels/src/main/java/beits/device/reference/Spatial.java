package beits.device.reference;

import beits.kernel.AveragePool;
import beits.kernel.AveragePoolBackward;
import beits.kernel.ColumnsToImage;
import beits.kernel.ImageToColumns;
import beits.kernel.MaxPool;
import beits.kernel.MaxPoolBackward;
import beits.kernel.Window;
import beits.tensor.Shape;
import beits.tensor.Slot;

/** Windows that slide over pictures. */
final class Spatial {
    private Spatial() {}

    /** An element of the unfolded matrix and the element of the picture that it reads. */
    @FunctionalInterface
    private interface Pair {
        void visit(int column, int pixel);
    }

    /** Visits every element of the unfolded matrix that lies within the picture. */
    private static void eachInside(Window w, boolean channelsFirst, Pair pair) {
        for (int row = 0; row < w.rows(); row++) {
            int b = row / (w.outHeight() * w.outWidth());
            int oy = row / w.outWidth() % w.outHeight();
            int ox = row % w.outWidth();
            for (int c = 0; c < w.channels(); c++) {
                for (int ky = 0; ky < w.kernelHeight(); ky++) {
                    for (int kx = 0; kx < w.kernelWidth(); kx++) {
                        int y = oy * w.stride() - w.padding() + ky;
                        int x = ox * w.stride() - w.padding() + kx;
                        if (y >= 0 && y < w.height() && x >= 0 && x < w.width()) {
                            int column = row * w.columns() + (c * w.kernelHeight() + ky) * w.kernelWidth() + kx;
                            int pixel = channelsFirst
                                    ? ((b * w.channels() + c) * w.height() + y) * w.width() + x
                                    : pixel(w, b, y, x, c);
                            pair.visit(column, pixel);
                        }
                    }
                }
            }
        }
    }

    private static int pixel(Window w, int b, int y, int x, int c) {
        return ((b * w.height() + y) * w.width() + x) * w.channels() + c;
    }

    static void imageToColumns(ImageToColumns k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles columns = memory.floats(k.columns());
        columns.fill(0);
        eachInside(k.window(), k.channelsFirst(), (column, pixel) -> columns.set(column, x.get(pixel)));
    }

    static void columnsToImage(ColumnsToImage k, Memory memory) {
        Doubles columns = memory.floats(k.columns());
        Doubles x = memory.floats(k.x());
        x.fill(0);
        eachInside(k.window(), k.channelsFirst(), (column, pixel) -> x.add(pixel, columns.get(column)));
    }

    static void maxPool(MaxPool k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles y = memory.floats(k.y());
        for (int i = 0; i < y.size(); i++) {
            y.set(i, x.get(largest(k.window(), x, i)));
        }
    }

    static void maxPoolBackward(MaxPoolBackward k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles dy = memory.floats(k.dy());
        Doubles dx = memory.floats(k.dx());
        dx.fill(0);
        for (int i = 0; i < dy.size(); i++) {
            dx.add(largest(k.window(), x, i), dy.get(i));
        }
    }

    /** The first of the largest elements under the window that makes output element {@code i}. */
    private static int largest(Window w, Doubles x, int i) {
        int c = i % w.channels();
        int row = i / w.channels();
        int b = row / (w.outHeight() * w.outWidth());
        int top = row / w.outWidth() % w.outHeight() * w.stride();
        int left = row % w.outWidth() * w.stride();
        int best = pixel(w, b, top, left, c);
        for (int ky = 0; ky < w.kernelHeight(); ky++) {
            for (int kx = 0; kx < w.kernelWidth(); kx++) {
                int candidate = pixel(w, b, top + ky, left + kx, c);
                if (x.get(candidate) > x.get(best)) {
                    best = candidate;
                }
            }
        }
        return best;
    }

    static void averagePool(AveragePool k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles y = memory.floats(k.y());
        y.fill(0);
        eachCell(k.x(), k.y(), (pixel, cell, weight) -> y.add(cell, weight * x.get(pixel)));
    }

    static void averagePoolBackward(AveragePoolBackward k, Memory memory) {
        Doubles dy = memory.floats(k.dy());
        Doubles dx = memory.floats(k.dx());
        dx.fill(0);
        eachCell(k.dx(), k.dy(), (pixel, cell, weight) -> dx.add(pixel, weight * dy.get(cell)));
    }

    @FunctionalInterface
    private interface Share {
        void visit(int pixel, int cell, double weight);
    }

    /** Visits every pixel of every cell with its share of the cell's mean. */
    private static void eachCell(Slot pixels, Slot cells, Share share) {
        Shape in = pixels.shape();
        Shape out = cells.shape();
        int height = in.extent(1);
        int width = in.extent(2);
        int outHeight = out.extent(1);
        int outWidth = out.extent(2);
        int channels = in.columns();
        for (int b = 0; b < in.extent(0); b++) {
            for (int oy = 0; oy < outHeight; oy++) {
                int top = oy * height / outHeight;
                int bottom = Math.ceilDiv((oy + 1) * height, outHeight);
                for (int ox = 0; ox < outWidth; ox++) {
                    int left = ox * width / outWidth;
                    int right = Math.ceilDiv((ox + 1) * width, outWidth);
                    double weight = 1.0 / ((bottom - top) * (right - left));
                    for (int y = top; y < bottom; y++) {
                        for (int x = left; x < right; x++) {
                            for (int c = 0; c < channels; c++) {
                                share.visit(
                                        ((b * height + y) * width + x) * channels + c,
                                        ((b * outHeight + oy) * outWidth + ox) * channels + c,
                                        weight);
                            }
                        }
                    }
                }
            }
        }
    }
}
