package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Sums in a fixed order: first over blocks whose number follows from the sizes alone, then over the blocks. A sum over more than one
 * work-group takes two kernels, because no group may wait for another.
 */
public final class Sums {
    /** No function: the sum itself. */
    public static final int SUM = 0;

    /** The root of the sum. */
    public static final int ROOT = 1;

    private Sums() {}

    /**
     * {@code partial[block,c] = Σ_r x[r,c]} over the rows of a block; sizes: rows, columns, blocks, rows a block.
     */
    public static void columnPartials(FloatArray x, FloatArray partial, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int partial0 = places.get(sizes.get(0) + 1);
        int rows = sizes.get(2);
        int columns = sizes.get(3);
        int blocks = sizes.get(4);
        int height = sizes.get(5);
        for (@Parallel int c = 0; c < columns; c++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                float sum = 0f;
                for (int r = block * height; r < TornadoMath.min(rows, (block + 1) * height); r++) {
                    sum += x.get(x0 + r * columns + c);
                }
                partial.set(partial0 + block * columns + c, sum);
            }
        }
    }

    /**
     * {@code partial[block,c] = Σ_r weight·x[r,c]·y[r,c]} with the weight {@code keep[r / tokens]}, or 1 without; sizes as
     * {@link #columnPartials}, then tokens and whether there is a keep.
     */
    public static void columnProductPartials(
            FloatArray x, FloatArray y, FloatArray keep, FloatArray partial, IntArray places, IntArray sizes) {
        int at = sizes.get(0);
        int x0 = places.get(at);
        int y0 = places.get(at + 1);
        int keep0 = places.get(at + 2);
        int partial0 = places.get(at + 3);
        int rows = sizes.get(2);
        int columns = sizes.get(3);
        int blocks = sizes.get(4);
        int height = sizes.get(5);
        int tokens = sizes.get(6);
        int withKeep = sizes.get(7);
        for (@Parallel int c = 0; c < columns; c++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                float sum = 0f;
                for (int r = block * height; r < TornadoMath.min(rows, (block + 1) * height); r++) {
                    float product = x.get(x0 + r * columns + c) * y.get(y0 + r * columns + c);
                    if (withKeep != 0) {
                        product = product * keep.get(keep0 + r / tokens);
                    }
                    sum += product;
                }
                partial.set(partial0 + block * columns + c, sum);
            }
        }
    }

    /**
     * {@code out[c] = Σ_block partial[block,c]}, added to what out holds when asked; sizes: columns, blocks, whether to add.
     */
    public static void columnTotals(FloatArray partial, FloatArray out, IntArray places, IntArray sizes) {
        int partial0 = places.get(sizes.get(0));
        int out0 = places.get(sizes.get(0) + 1);
        int columns = sizes.get(2);
        int blocks = sizes.get(3);
        int accumulate = sizes.get(4);
        for (@Parallel int c = 0; c < columns; c++) {
            float sum = 0f;
            if (accumulate != 0) {
                sum = out.get(out0 + c);
            }
            for (int block = 0; block < blocks; block++) {
                sum += partial.get(partial0 + block * columns + c);
            }
            out.set(out0 + c, sum);
        }
    }

    /** {@code partial[chunk] = Σ_i x[i]}; sizes: elements, chunks, elements a chunk. */
    public static void chunkSums(FloatArray x, FloatArray partial, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int partial0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int chunks = sizes.get(3);
        int length = sizes.get(4);
        for (@Parallel int chunk = 0; chunk < chunks; chunk++) {
            float sum = 0f;
            for (int i = chunk * length; i < TornadoMath.min(n, (chunk + 1) * length); i++) {
                sum += x.get(x0 + i);
            }
            partial.set(partial0 + chunk, sum);
        }
    }

    /** {@code partial[chunk] = Σ_i x[i]²}; sizes as {@link #chunkSums}. */
    public static void chunkSquares(FloatArray x, FloatArray partial, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int partial0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int chunks = sizes.get(3);
        int length = sizes.get(4);
        for (@Parallel int chunk = 0; chunk < chunks; chunk++) {
            float sum = 0f;
            for (int i = chunk * length; i < TornadoMath.min(n, (chunk + 1) * length); i++) {
                sum += x.get(x0 + i) * x.get(x0 + i);
            }
            partial.set(partial0 + chunk, sum);
        }
    }

    /**
     * {@code out[0] = f(factor · Σ_i x[i])} by one work-item that carries the rounding error along (Kahan); sizes: elements, f;
     * constants: factor.
     */
    public static void grandTotal(FloatArray x, FloatArray out, IntArray places, IntArray sizes, FloatArray constants) {
        int x0 = places.get(sizes.get(0));
        int out0 = places.get(sizes.get(0) + 1);
        float factor = constants.get(sizes.get(1));
        int n = sizes.get(2);
        int function = sizes.get(3);
        int once = sizes.get(4);
        for (@Parallel int only = 0; only < once; only++) {
            float sum = 0f;
            float lost = 0f;
            for (int i = 0; i < n; i++) {
                float term = x.get(x0 + i) - lost;
                float next = sum + term;
                lost = (next - sum) - term;
                sum = next;
            }
            float value = factor * sum;
            if (function == ROOT) {
                value = TornadoMath.sqrt(value);
            }
            out.set(out0 + only, value);
        }
    }
}
