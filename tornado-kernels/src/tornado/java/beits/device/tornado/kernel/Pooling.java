package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Windows and cells of pixels made one value, and back. The backward kernels gather, so no two work-items write one place. */
public final class Pooling {
    private Pooling() {}

    /**
     * {@code y[b,oy,ox,c] = max x} under the window; sizes: elements of y, channels, height, width, height and width of the window,
     * stride, windows down and across.
     */
    public static void maxPoolForward(FloatArray x, FloatArray y, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int y0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int channels = sizes.get(3);
        int height = sizes.get(4);
        int width = sizes.get(5);
        int kernelHeight = sizes.get(6);
        int kernelWidth = sizes.get(7);
        int stride = sizes.get(8);
        int outHeight = sizes.get(9);
        int outWidth = sizes.get(10);
        for (@Parallel int e = 0; e < n; e++) {
            int c = e % channels;
            int rest = e / channels;
            int ox = rest % outWidth;
            rest = rest / outWidth;
            int oy = rest % outHeight;
            int b = rest / outHeight;
            int corner = x0 + ((b * height + oy * stride) * width + ox * stride) * channels + c;
            float largest = x.get(corner);
            for (int ky = 0; ky < kernelHeight; ky++) {
                for (int kx = 0; kx < kernelWidth; kx++) {
                    largest = TornadoMath.max(largest, x.get(corner + (ky * width + kx) * channels));
                }
            }
            y.set(y0 + e, largest);
        }
    }

    /**
     * {@code dx[pixel] = Σ dy} of the windows whose first largest element the pixel is; sizes as {@link #maxPoolForward} with the
     * elements of dx first.
     */
    public static void maxPoolBackward(FloatArray x, FloatArray dy, FloatArray dx, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int dy0 = places.get(sizes.get(0) + 1);
        int dx0 = places.get(sizes.get(0) + 2);
        int n = sizes.get(2);
        int channels = sizes.get(3);
        int height = sizes.get(4);
        int width = sizes.get(5);
        int kernelHeight = sizes.get(6);
        int kernelWidth = sizes.get(7);
        int stride = sizes.get(8);
        int outHeight = sizes.get(9);
        int outWidth = sizes.get(10);
        for (@Parallel int e = 0; e < n; e++) {
            int c = e % channels;
            int rest = e / channels;
            int px = rest % width;
            rest = rest / width;
            int py = rest % height;
            int b = rest / height;
            float own = x.get(x0 + e);
            float sum = 0f;
            for (int ky = 0; ky < kernelHeight; ky++) {
                for (int kx = 0; kx < kernelWidth; kx++) {
                    int top = py - ky;
                    int left = px - kx;
                    int oy = top / stride;
                    int ox = left / stride;
                    if (top >= 0
                            && left >= 0
                            && top - oy * stride == 0
                            && left - ox * stride == 0
                            && oy < outHeight
                            && ox < outWidth) {
                        int corner = x0 + ((b * height + top) * width + left) * channels + c;
                        int beaten = 0;
                        for (int wy = 0; wy < kernelHeight; wy++) {
                            for (int wx = 0; wx < kernelWidth; wx++) {
                                float other = x.get(corner + (wy * width + wx) * channels);
                                if (other > own || (other == own && wy * kernelWidth + wx < ky * kernelWidth + kx)) {
                                    beaten = 1;
                                }
                            }
                        }
                        if (beaten == 0) {
                            sum += dy.get(dy0 + ((b * outHeight + oy) * outWidth + ox) * channels + c);
                        }
                    }
                }
            }
            dx.set(dx0 + e, sum);
        }
    }

    /**
     * {@code y[b,oy,ox,c] = mean x} over rows {@code floor(oy·height/outHeight)} to {@code ceil((oy+1)·height/outHeight)} and columns
     * likewise; sizes: elements of y, channels, height, width, outHeight, outWidth.
     */
    public static void averagePoolForward(FloatArray x, FloatArray y, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int y0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int channels = sizes.get(3);
        int height = sizes.get(4);
        int width = sizes.get(5);
        int outHeight = sizes.get(6);
        int outWidth = sizes.get(7);
        for (@Parallel int e = 0; e < n; e++) {
            int c = e % channels;
            int rest = e / channels;
            int ox = rest % outWidth;
            rest = rest / outWidth;
            int oy = rest % outHeight;
            int b = rest / outHeight;
            int top = oy * height / outHeight;
            int bottom = ((oy + 1) * height + outHeight - 1) / outHeight;
            int left = ox * width / outWidth;
            int right = ((ox + 1) * width + outWidth - 1) / outWidth;
            float sum = 0f;
            for (int py = top; py < bottom; py++) {
                for (int px = left; px < right; px++) {
                    sum += x.get(x0 + ((b * height + py) * width + px) * channels + c);
                }
            }
            y.set(y0 + e, sum / ((bottom - top) * (right - left)));
        }
    }

    /**
     * {@code dx[pixel] = Σ dy / pixels of the cell} over the cells that hold the pixel; sizes as {@link #averagePoolForward} with
     * the elements of dx first.
     */
    public static void averagePoolBackward(FloatArray dy, FloatArray dx, IntArray places, IntArray sizes) {
        int dy0 = places.get(sizes.get(0));
        int dx0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int channels = sizes.get(3);
        int height = sizes.get(4);
        int width = sizes.get(5);
        int outHeight = sizes.get(6);
        int outWidth = sizes.get(7);
        for (@Parallel int e = 0; e < n; e++) {
            int c = e % channels;
            int rest = e / channels;
            int px = rest % width;
            rest = rest / width;
            int py = rest % height;
            int b = rest / height;
            float sum = 0f;
            // The first cell that may hold a pixel p of size s in o cells is floor(p·o/s), the last ceil((p+1)·o/s) −
            // 1.
            for (int oy = py * outHeight / height; oy < ((py + 1) * outHeight + height - 1) / height; oy++) {
                int top = oy * height / outHeight;
                int bottom = ((oy + 1) * height + outHeight - 1) / outHeight;
                for (int ox = px * outWidth / width; ox < ((px + 1) * outWidth + width - 1) / width; ox++) {
                    int left = ox * width / outWidth;
                    int right = ((ox + 1) * width + outWidth - 1) / outWidth;
                    if (py >= top && py < bottom && px >= left && px < right) {
                        int cell = ((b * outHeight + oy) * outWidth + ox) * channels + c;
                        sum += dy.get(dy0 + cell) / ((bottom - top) * (right - left));
                    }
                }
            }
            dx.set(dx0 + e, sum);
        }
    }
}
