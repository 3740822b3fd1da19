package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Pictures unfolded into rows and folded back. Sizes: elements of the result, channels, height, width, height and width of the
 * window, stride, padding, windows down and across, whether channels come first.
 */
public final class Convolutions {
    private Convolutions() {}

    /** {@code columns[window, (c,ky,kx)] = x[pixel]}, 0 outside the picture. */
    public static void unfoldWindows(FloatArray x, FloatArray columns, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int columns0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int channels = sizes.get(3);
        int height = sizes.get(4);
        int width = sizes.get(5);
        int kernelHeight = sizes.get(6);
        int kernelWidth = sizes.get(7);
        int stride = sizes.get(8);
        int padding = sizes.get(9);
        int outHeight = sizes.get(10);
        int outWidth = sizes.get(11);
        int channelsFirst = sizes.get(12);
        for (@Parallel int e = 0; e < n; e++) {
            int kx = e % kernelWidth;
            int rest = e / kernelWidth;
            int ky = rest % kernelHeight;
            rest = rest / kernelHeight;
            int c = rest % channels;
            rest = rest / channels;
            int ox = rest % outWidth;
            rest = rest / outWidth;
            int oy = rest % outHeight;
            int b = rest / outHeight;
            int y = oy * stride - padding + ky;
            int px = ox * stride - padding + kx;
            float value = 0f;
            if (y >= 0 && y < height && px >= 0 && px < width) {
                int pixel = ((b * height + y) * width + px) * channels + c;
                if (channelsFirst != 0) {
                    pixel = ((b * channels + c) * height + y) * width + px;
                }
                value = x.get(x0 + pixel);
            }
            columns.set(columns0 + e, value);
        }
    }

    /** {@code x[pixel] = Σ} over the windows and places that read the pixel, windows in the order of the window's places. */
    public static void foldWindows(FloatArray columns, FloatArray x, IntArray places, IntArray sizes) {
        int columns0 = places.get(sizes.get(0));
        int x0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int channels = sizes.get(3);
        int height = sizes.get(4);
        int width = sizes.get(5);
        int kernelHeight = sizes.get(6);
        int kernelWidth = sizes.get(7);
        int stride = sizes.get(8);
        int padding = sizes.get(9);
        int outHeight = sizes.get(10);
        int outWidth = sizes.get(11);
        int channelsFirst = sizes.get(12);
        int length = channels * kernelHeight * kernelWidth;
        for (@Parallel int e = 0; e < n; e++) {
            int c;
            int y;
            int px;
            int b;
            if (channelsFirst != 0) {
                px = e % width;
                int rest = e / width;
                y = rest % height;
                rest = rest / height;
                c = rest % channels;
                b = rest / channels;
            } else {
                c = e % channels;
                int rest = e / channels;
                px = rest % width;
                rest = rest / width;
                y = rest % height;
                b = rest / height;
            }
            float sum = 0f;
            for (int ky = 0; ky < kernelHeight; ky++) {
                int top = y + padding - ky;
                int oy = top / stride;
                if (top >= 0 && top - oy * stride == 0 && oy < outHeight) {
                    for (int kx = 0; kx < kernelWidth; kx++) {
                        int left = px + padding - kx;
                        int ox = left / stride;
                        if (left >= 0 && left - ox * stride == 0 && ox < outWidth) {
                            int row = (b * outHeight + oy) * outWidth + ox;
                            sum += columns.get(columns0 + row * length + (c * kernelHeight + ky) * kernelWidth + kx);
                        }
                    }
                }
            }
            x.set(x0 + e, sum);
        }
    }
}
