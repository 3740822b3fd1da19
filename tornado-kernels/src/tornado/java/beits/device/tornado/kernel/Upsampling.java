package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Pictures made larger, and bilinear resizing. A source position is the fraction {@code number / unit} of integers, so that weights
 * are exact whatever the size. The backward kernels gather over the few outputs that may have used a pixel.
 */
public final class Upsampling {
    private Upsampling() {}

    /** {@code y[b,oy,ox,c] = x[b, oy / factor, ox / factor, c]}; sizes: elements of y, channels, height, width of x, factor. */
    public static void nearestForward(FloatArray x, FloatArray y, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int y0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int channels = sizes.get(3);
        int height = sizes.get(4);
        int width = sizes.get(5);
        int factor = sizes.get(6);
        for (@Parallel int e = 0; e < n; e++) {
            int c = e % channels;
            int rest = e / channels;
            int ox = rest % (width * factor);
            rest = rest / (width * factor);
            int oy = rest % (height * factor);
            int b = rest / (height * factor);
            y.set(y0 + e, x.get(x0 + ((b * height + oy / factor) * width + ox / factor) * channels + c));
        }
    }

    /** {@code dx[b,y,x,c] = Σ dy} of its block; sizes as {@link #nearestForward} with the elements of dx first. */
    public static void nearestBackward(FloatArray dy, FloatArray dx, IntArray places, IntArray sizes) {
        int dy0 = places.get(sizes.get(0));
        int dx0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int channels = sizes.get(3);
        int height = sizes.get(4);
        int width = sizes.get(5);
        int factor = sizes.get(6);
        for (@Parallel int e = 0; e < n; e++) {
            int c = e % channels;
            int rest = e / channels;
            int px = rest % width;
            rest = rest / width;
            int py = rest % height;
            int b = rest / height;
            float sum = 0f;
            for (int ky = 0; ky < factor; ky++) {
                for (int kx = 0; kx < factor; kx++) {
                    int row = b * height * factor + py * factor + ky;
                    sum += dy.get(dy0 + (row * width * factor + px * factor + kx) * channels + c);
                }
            }
            dx.set(dx0 + e, sum);
        }
    }

    /** Numerator of the source position of output {@code o}; see {@link #unit}. */
    static int number(int o, int in, int out, int alignCorners) {
        int half = TornadoMath.max((2 * o + 1) * in - out, 0);
        int corner = out == 1 ? 0 : o * (in - 1);
        return alignCorners != 0 ? corner : half;
    }

    /** Denominator of source positions: {@code out − 1} with aligned corners, else {@code 2·out}. */
    static int unit(int out, int alignCorners) {
        return alignCorners != 0 ? TornadoMath.max(out - 1, 1) : 2 * out;
    }

    /**
     * Bilinear resizing; sizes: elements of y, channels, height, width of x, outHeight, outWidth, whether corners are aligned.
     */
    public static void bilinearForward(FloatArray x, FloatArray y, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int y0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int channels = sizes.get(3);
        int height = sizes.get(4);
        int width = sizes.get(5);
        int outHeight = sizes.get(6);
        int outWidth = sizes.get(7);
        int corners = sizes.get(8);
        for (@Parallel int e = 0; e < n; e++) {
            int c = e % channels;
            int rest = e / channels;
            int ox = rest % outWidth;
            rest = rest / outWidth;
            int oy = rest % outHeight;
            int b = rest / outHeight;
            int unitY = unit(outHeight, corners);
            int unitX = unit(outWidth, corners);
            int numberY = number(oy, height, outHeight, corners);
            int numberX = number(ox, width, outWidth, corners);
            int top = TornadoMath.min(numberY / unitY, height - 1);
            int left = TornadoMath.min(numberX / unitX, width - 1);
            int bottom = TornadoMath.min(top + 1, height - 1);
            int right = TornadoMath.min(left + 1, width - 1);
            float wy = (float) (numberY - top * unitY) / unitY;
            float wx = (float) (numberX - left * unitX) / unitX;
            int upper = x0 + (b * height + top) * width * channels + c;
            int lower = x0 + (b * height + bottom) * width * channels + c;
            float above = (1f - wx) * x.get(upper + left * channels) + wx * x.get(upper + right * channels);
            float below = (1f - wx) * x.get(lower + left * channels) + wx * x.get(lower + right * channels);
            y.set(y0 + e, (1f - wy) * above + wy * below);
        }
    }

    /** Share of source pixel {@code p} in output {@code o} along one axis. */
    static float share(int p, int o, int in, int out, int alignCorners) {
        int unit = unit(out, alignCorners);
        int number = number(o, in, out, alignCorners);
        int lower = TornadoMath.min(number / unit, in - 1);
        int upper = TornadoMath.min(lower + 1, in - 1);
        float weight = (float) (number - lower * unit) / unit;
        float share = 0f;
        if (p == lower) {
            share = 1f - weight;
        }
        if (p == upper) {
            share = share + weight;
        }
        return share;
    }

    /** First output that may use source pixel {@code p}. */
    static int firstUser(int p, int in, int out) {
        return p == 0 ? 0 : TornadoMath.max((p - 1) * out / in - out / in - 2, 0);
    }

    /** Behind the last output that may use source pixel {@code p}. */
    static int endOfUsers(int p, int in, int out) {
        return p >= in - 1 ? out : TornadoMath.min((p + 2) * out / in + out / in + 3, out);
    }

    /** Gradient of {@link #bilinearForward}; sizes the same with the elements of dx first. */
    public static void bilinearBackward(FloatArray dy, FloatArray dx, IntArray places, IntArray sizes) {
        int dy0 = places.get(sizes.get(0));
        int dx0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int channels = sizes.get(3);
        int height = sizes.get(4);
        int width = sizes.get(5);
        int outHeight = sizes.get(6);
        int outWidth = sizes.get(7);
        int corners = sizes.get(8);
        for (@Parallel int e = 0; e < n; e++) {
            int c = e % channels;
            int rest = e / channels;
            int px = rest % width;
            rest = rest / width;
            int py = rest % height;
            int b = rest / height;
            // Bounds with a choice in them stand before the loops: in the head of a loop they come out wrong.
            int firstY = firstUser(py, height, outHeight);
            int endY = endOfUsers(py, height, outHeight);
            int firstX = firstUser(px, width, outWidth);
            int endX = endOfUsers(px, width, outWidth);
            float sum = 0f;
            for (int oy = firstY; oy < endY; oy++) {
                float wy = share(py, oy, height, outHeight, corners);
                for (int ox = firstX; ox < endX; ox++) {
                    float wx = share(px, ox, width, outWidth, corners);
                    sum += wy * wx * dy.get(dy0 + ((b * outHeight + oy) * outWidth + ox) * channels + c);
                }
            }
            dx.set(dx0 + e, sum);
        }
    }
}
