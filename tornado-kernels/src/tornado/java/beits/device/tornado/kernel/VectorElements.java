package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/** The element-wise kernels that a Transformer spends time in, in vectors: one work-item a chunk, or a row. */
public final class VectorElements {
    /** Elements of a chunk. */
    public static final int CHUNK = 4096;

    private VectorElements() {}

    /** As {@link Elements#geluForward}. */
    public static void geluForwardOfChunks(FloatArray x, FloatArray y, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int y0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int chunks = (n + CHUNK - 1) / CHUNK;
        for (@Parallel int chunk = 0; chunk < chunks; chunk++) {
            int end = TornadoMath.min(n, (chunk + 1) * CHUNK);
            int i = chunk * CHUNK;
            for (; i + Vectors.LANES <= end; i += Vectors.LANES) {
                Float16 v = Vectors.load(x, x0 + i);
                Vectors.store(y, y0 + i, Float16.mult(v, VectorNumbers.normal(v)));
            }
            for (; i < end; i++) {
                float v = x.get(x0 + i);
                y.set(y0 + i, v * Numbers.normal(v));
            }
        }
    }

    /** As {@link Elements#geluBackward}. */
    public static void geluBackwardOfChunks(
            FloatArray x, FloatArray dy, FloatArray dx, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int dy0 = places.get(sizes.get(0) + 1);
        int dx0 = places.get(sizes.get(0) + 2);
        int n = sizes.get(2);
        int chunks = (n + CHUNK - 1) / CHUNK;
        for (@Parallel int chunk = 0; chunk < chunks; chunk++) {
            int end = TornadoMath.min(n, (chunk + 1) * CHUNK);
            int i = chunk * CHUNK;
            for (; i + Vectors.LANES <= end; i += Vectors.LANES) {
                Float16 v = Vectors.load(x, x0 + i);
                Float16 slope = Float16.add(VectorNumbers.normal(v), Float16.mult(v, VectorNumbers.density(v)));
                Vectors.store(dx, dx0 + i, Float16.mult(Vectors.load(dy, dy0 + i), slope));
            }
            for (; i < end; i++) {
                float v = x.get(x0 + i);
                dx.set(dx0 + i, dy.get(dy0 + i) * (Numbers.normal(v) + v * Numbers.density(v)));
            }
        }
    }

    /** As {@link Elements#residualForward}, and with its sizes. */
    public static void residualForwardOfRows(
            FloatArray x,
            FloatArray branch,
            FloatArray gamma,
            FloatArray keep,
            FloatArray out,
            IntArray places,
            IntArray sizes) {
        int at = sizes.get(0);
        int gamma0 = places.get(at + 2);
        int columns = sizes.get(3);
        int rows = sizes.get(2) / columns;
        int tokens = sizes.get(4) / columns;
        int withGamma = sizes.get(5);
        int withKeep = sizes.get(6);
        for (@Parallel int r = 0; r < rows; r++) {
            int xr = places.get(at) + r * columns;
            int branchR = places.get(at + 1) + r * columns;
            int outR = places.get(at + 4) + r * columns;
            float kept = 1f;
            if (withKeep != 0) {
                kept = keep.get(places.get(at + 3) + r / tokens);
            }
            int c = 0;
            for (; c + Vectors.LANES <= columns; c += Vectors.LANES) {
                Float16 b = Float16.mult(Vectors.load(branch, branchR + c), kept);
                if (withGamma != 0) {
                    b = Float16.mult(b, Vectors.load(gamma, gamma0 + c));
                }
                Vectors.store(out, outR + c, Float16.add(Vectors.load(x, xr + c), b));
            }
            for (; c < columns; c++) {
                float b = branch.get(branchR + c) * kept;
                if (withGamma != 0) {
                    b = b * gamma.get(gamma0 + c);
                }
                out.set(outR + c, x.get(xr + c) + b);
            }
        }
    }

    /** As {@link Elements#residualBackward}, and with its sizes. */
    public static void residualBackwardOfRows(
            FloatArray dOut, FloatArray gamma, FloatArray keep, FloatArray dBranch, IntArray places, IntArray sizes) {
        int at = sizes.get(0);
        int gamma0 = places.get(at + 1);
        int columns = sizes.get(3);
        int rows = sizes.get(2) / columns;
        int tokens = sizes.get(4) / columns;
        int withGamma = sizes.get(5);
        int withKeep = sizes.get(6);
        for (@Parallel int r = 0; r < rows; r++) {
            int dOutR = places.get(at) + r * columns;
            int dBranchR = places.get(at + 3) + r * columns;
            float kept = 1f;
            if (withKeep != 0) {
                kept = keep.get(places.get(at + 2) + r / tokens);
            }
            int c = 0;
            for (; c + Vectors.LANES <= columns; c += Vectors.LANES) {
                Float16 d = Float16.mult(Vectors.load(dOut, dOutR + c), kept);
                if (withGamma != 0) {
                    d = Float16.mult(d, Vectors.load(gamma, gamma0 + c));
                }
                Vectors.store(dBranch, dBranchR + c, d);
            }
            for (; c < columns; c++) {
                float d = dOut.get(dOutR + c) * kept;
                if (withGamma != 0) {
                    d = d * gamma.get(gamma0 + c);
                }
                dBranch.set(dBranchR + c, d);
            }
        }
    }
}
