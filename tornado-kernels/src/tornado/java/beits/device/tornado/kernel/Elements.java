package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** What happens to each element by itself. Sizes: number of elements. */
public final class Elements {
    private Elements() {}

    /** {@code y = x·Φ(x)}. */
    public static void geluForward(FloatArray x, FloatArray y, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int y0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        for (@Parallel int i = 0; i < n; i++) {
            float v = x.get(x0 + i);
            y.set(y0 + i, v * Numbers.normal(v));
        }
    }

    /** {@code dx = dy·(Φ(x) + x·φ(x))}. */
    public static void geluBackward(FloatArray x, FloatArray dy, FloatArray dx, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int dy0 = places.get(sizes.get(0) + 1);
        int dx0 = places.get(sizes.get(0) + 2);
        int n = sizes.get(2);
        for (@Parallel int i = 0; i < n; i++) {
            float v = x.get(x0 + i);
            dx.set(dx0 + i, dy.get(dy0 + i) * (Numbers.normal(v) + v * Numbers.density(v)));
        }
    }

    /** {@code y = max(x, 0)}. */
    public static void reluForward(FloatArray x, FloatArray y, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int y0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        for (@Parallel int i = 0; i < n; i++) {
            y.set(y0 + i, TornadoMath.max(x.get(x0 + i), 0f));
        }
    }

    /** {@code dx = dy·[x > 0]}. */
    public static void reluBackward(FloatArray x, FloatArray dy, FloatArray dx, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int dy0 = places.get(sizes.get(0) + 1);
        int dx0 = places.get(sizes.get(0) + 2);
        int n = sizes.get(2);
        for (@Parallel int i = 0; i < n; i++) {
            dx.set(dx0 + i, x.get(x0 + i) > 0f ? dy.get(dy0 + i) : 0f);
        }
    }

    /** {@code y = 1/(1 + exp(−x))}. */
    public static void sigmoidForward(FloatArray x, FloatArray y, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int y0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        for (@Parallel int i = 0; i < n; i++) {
            y.set(y0 + i, Numbers.sigmoid(x.get(x0 + i)));
        }
    }

    /** {@code dx = dy·s·(1 − s)} with s the sigmoid of x. */
    public static void sigmoidBackward(FloatArray x, FloatArray dy, FloatArray dx, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int dy0 = places.get(sizes.get(0) + 1);
        int dx0 = places.get(sizes.get(0) + 2);
        int n = sizes.get(2);
        for (@Parallel int i = 0; i < n; i++) {
            float s = Numbers.sigmoid(x.get(x0 + i));
            dx.set(dx0 + i, dy.get(dy0 + i) * s * (1f - s));
        }
    }

    /** {@code y = tanh(x)}. */
    public static void tanhForward(FloatArray x, FloatArray y, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int y0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        for (@Parallel int i = 0; i < n; i++) {
            y.set(y0 + i, TornadoMath.tanh(x.get(x0 + i)));
        }
    }

    /** {@code dx = dy·(1 − tanh(x)²)}. */
    public static void tanhBackward(FloatArray x, FloatArray dy, FloatArray dx, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int dy0 = places.get(sizes.get(0) + 1);
        int dx0 = places.get(sizes.get(0) + 2);
        int n = sizes.get(2);
        for (@Parallel int i = 0; i < n; i++) {
            float t = TornadoMath.tanh(x.get(x0 + i));
            dx.set(dx0 + i, dy.get(dy0 + i) * (1f - t * t));
        }
    }

    /** {@code out = a + b}. */
    public static void addElements(FloatArray a, FloatArray b, FloatArray out, IntArray places, IntArray sizes) {
        int a0 = places.get(sizes.get(0));
        int b0 = places.get(sizes.get(0) + 1);
        int out0 = places.get(sizes.get(0) + 2);
        int n = sizes.get(2);
        for (@Parallel int i = 0; i < n; i++) {
            out.set(out0 + i, a.get(a0 + i) + b.get(b0 + i));
        }
    }

    /** {@code out = a − b}. */
    public static void subtractElements(FloatArray a, FloatArray b, FloatArray out, IntArray places, IntArray sizes) {
        int a0 = places.get(sizes.get(0));
        int b0 = places.get(sizes.get(0) + 1);
        int out0 = places.get(sizes.get(0) + 2);
        int n = sizes.get(2);
        for (@Parallel int i = 0; i < n; i++) {
            out.set(out0 + i, a.get(a0 + i) - b.get(b0 + i));
        }
    }

    /** {@code out = a · b}. */
    public static void multiplyElements(FloatArray a, FloatArray b, FloatArray out, IntArray places, IntArray sizes) {
        int a0 = places.get(sizes.get(0));
        int b0 = places.get(sizes.get(0) + 1);
        int out0 = places.get(sizes.get(0) + 2);
        int n = sizes.get(2);
        for (@Parallel int i = 0; i < n; i++) {
            out.set(out0 + i, a.get(a0 + i) * b.get(b0 + i));
        }
    }

    /** {@code y = factor · x}; constants: factor. */
    public static void scaleElements(
            FloatArray x, FloatArray y, IntArray places, IntArray sizes, FloatArray constants) {
        int x0 = places.get(sizes.get(0));
        int y0 = places.get(sizes.get(0) + 1);
        float factor = constants.get(sizes.get(1));
        int n = sizes.get(2);
        for (@Parallel int i = 0; i < n; i++) {
            y.set(y0 + i, factor * x.get(x0 + i));
        }
    }

    /** {@code y = factor[0] · x}. */
    public static void scaleElementsBy(FloatArray x, FloatArray factor, FloatArray y, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int factor0 = places.get(sizes.get(0) + 1);
        int y0 = places.get(sizes.get(0) + 2);
        int n = sizes.get(2);
        for (@Parallel int i = 0; i < n; i++) {
            y.set(y0 + i, factor.get(factor0) * x.get(x0 + i));
        }
    }

    /** {@code out = value}; constants: value. */
    public static void fillElements(FloatArray out, IntArray places, IntArray sizes, FloatArray constants) {
        int out0 = places.get(sizes.get(0));
        float value = constants.get(sizes.get(1));
        int n = sizes.get(2);
        for (@Parallel int i = 0; i < n; i++) {
            out.set(out0 + i, value);
        }
    }

    /** {@code y[r,c] = x[r,c] + vector[c]}; sizes: elements, columns. */
    public static void addVectorToRows(FloatArray x, FloatArray vector, FloatArray y, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int vector0 = places.get(sizes.get(0) + 1);
        int y0 = places.get(sizes.get(0) + 2);
        int n = sizes.get(2);
        int columns = sizes.get(3);
        for (@Parallel int i = 0; i < n; i++) {
            y.set(y0 + i, x.get(x0 + i) + vector.get(vector0 + i % columns));
        }
    }

    /**
     * {@code out[b,n,c] = x[b,n,c] + keep[b]·gamma[c]·branch[b,n,c]}; sizes: elements, columns, elements a picture, whether there is
     * a gamma, whether there is a keep.
     */
    public static void residualForward(
            FloatArray x,
            FloatArray branch,
            FloatArray gamma,
            FloatArray keep,
            FloatArray out,
            IntArray places,
            IntArray sizes) {
        int at = sizes.get(0);
        int x0 = places.get(at);
        int branch0 = places.get(at + 1);
        int gamma0 = places.get(at + 2);
        int keep0 = places.get(at + 3);
        int out0 = places.get(at + 4);
        int n = sizes.get(2);
        int columns = sizes.get(3);
        int picture = sizes.get(4);
        int withGamma = sizes.get(5);
        int withKeep = sizes.get(6);
        for (@Parallel int i = 0; i < n; i++) {
            float factor = 1f;
            if (withGamma != 0) {
                factor = gamma.get(gamma0 + i % columns);
            }
            if (withKeep != 0) {
                factor = factor * keep.get(keep0 + i / picture);
            }
            out.set(out0 + i, x.get(x0 + i) + factor * branch.get(branch0 + i));
        }
    }

    /** {@code dBranch[b,n,c] = keep[b]·gamma[c]·dOut[b,n,c]}; sizes as {@link #residualForward}. */
    public static void residualBackward(
            FloatArray dOut, FloatArray gamma, FloatArray keep, FloatArray dBranch, IntArray places, IntArray sizes) {
        int at = sizes.get(0);
        int dOut0 = places.get(at);
        int gamma0 = places.get(at + 1);
        int keep0 = places.get(at + 2);
        int dBranch0 = places.get(at + 3);
        int n = sizes.get(2);
        int columns = sizes.get(3);
        int picture = sizes.get(4);
        int withGamma = sizes.get(5);
        int withKeep = sizes.get(6);
        for (@Parallel int i = 0; i < n; i++) {
            float factor = 1f;
            if (withGamma != 0) {
                factor = gamma.get(gamma0 + i % columns);
            }
            if (withKeep != 0) {
                factor = factor * keep.get(keep0 + i / picture);
            }
            dBranch.set(dBranch0 + i, factor * dOut.get(dOut0 + i));
        }
    }
}
