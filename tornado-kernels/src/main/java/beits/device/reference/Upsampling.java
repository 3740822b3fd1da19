package beits.device.reference;

import beits.kernel.UpsampleBilinear;
import beits.kernel.UpsampleBilinearBackward;
import beits.kernel.UpsampleNearest;
import beits.kernel.UpsampleNearestBackward;
import beits.tensor.Shape;
import beits.tensor.Slot;

/** Pictures made larger, and bilinear resizing. */
final class Upsampling {
    private Upsampling() {}

    static void upsampleNearest(UpsampleNearest k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles y = memory.floats(k.y());
        for (int i = 0; i < y.size(); i++) {
            y.set(i, x.get(origin(k.x().shape(), k.factor(), i)));
        }
    }

    static void upsampleNearestBackward(UpsampleNearestBackward k, Memory memory) {
        Doubles dy = memory.floats(k.dy());
        Doubles dx = memory.floats(k.dx());
        dx.fill(0);
        for (int i = 0; i < dy.size(); i++) {
            dx.add(origin(k.dx().shape(), k.factor(), i), dy.get(i));
        }
    }

    /** The element of the small picture that element {@code i} of the large one repeats. */
    private static int origin(Shape small, int factor, int i) {
        int height = small.extent(1);
        int width = small.extent(2);
        int channels = small.columns();
        int c = i % channels;
        int ox = i / channels % (width * factor);
        int oy = i / channels / (width * factor) % (height * factor);
        int b = i / channels / (width * factor) / (height * factor);
        return ((b * height + oy / factor) * width + ox / factor) * channels + c;
    }

    /** Two neighbours along an axis and the weight of the upper one. */
    private record Neighbours(int lower, int upper, double weight) {
        static Neighbours of(int o, int in, int out, boolean alignCorners) {
            double source;
            if (alignCorners) {
                source = out == 1 ? 0 : (double) o * (in - 1) / (out - 1);
            } else {
                source = Math.max(0, (o + 0.5) * in / out - 0.5);
            }
            int lower = Math.min((int) source, in - 1);
            return new Neighbours(lower, Math.min(lower + 1, in - 1), source - lower);
        }
    }

    @FunctionalInterface
    private interface Share {
        void visit(int from, int to, double weight);
    }

    static void upsampleBilinear(UpsampleBilinear k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles y = memory.floats(k.y());
        y.fill(0);
        eachShare(k.x(), k.y(), k.alignCorners(), (from, to, weight) -> y.add(to, weight * x.get(from)));
    }

    static void upsampleBilinearBackward(UpsampleBilinearBackward k, Memory memory) {
        Doubles dy = memory.floats(k.dy());
        Doubles dx = memory.floats(k.dx());
        dx.fill(0);
        eachShare(k.dx(), k.dy(), k.alignCorners(), (from, to, weight) -> dx.add(from, weight * dy.get(to)));
    }

    /** Visits the four sources of every element of the resized picture. */
    private static void eachShare(Slot source, Slot target, boolean alignCorners, Share share) {
        Shape in = source.shape();
        Shape out = target.shape();
        int channels = in.columns();
        int outHeight = out.extent(1);
        int outWidth = out.extent(2);
        for (int b = 0; b < in.extent(0); b++) {
            for (int oy = 0; oy < outHeight; oy++) {
                Neighbours y = Neighbours.of(oy, in.extent(1), outHeight, alignCorners);
                int lowerRow = b * in.extent(1) + y.lower;
                int upperRow = b * in.extent(1) + y.upper;
                for (int ox = 0; ox < outWidth; ox++) {
                    Neighbours x = Neighbours.of(ox, in.extent(2), outWidth, alignCorners);
                    for (int c = 0; c < channels; c++) {
                        int to = ((b * outHeight + oy) * outWidth + ox) * channels + c;
                        int width = in.extent(2);
                        share.visit((lowerRow * width + x.lower) * channels + c, to, (1 - y.weight) * (1 - x.weight));
                        share.visit((lowerRow * width + x.upper) * channels + c, to, (1 - y.weight) * x.weight);
                        share.visit((upperRow * width + x.lower) * channels + c, to, y.weight * (1 - x.weight));
                        share.visit((upperRow * width + x.upper) * channels + c, to, y.weight * x.weight);
                    }
                }
            }
        }
    }
}
