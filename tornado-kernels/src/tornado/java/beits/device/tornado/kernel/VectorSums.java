package beits.device.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * The column sums of {@link Sums} and {@link LayerNormRows} in vectors, with their operands and sizes, for matrices of at least
 * {@link #WIDTH} columns: one work-item a block of rows and a strip of columns. The last strip lies over the one before and writes
 * the same values once more.
 */
public final class VectorSums {
    /** Columns of a strip. */
    public static final int WIDTH = 2 * Vectors.LANES;

    private VectorSums() {}

    /** As {@link Sums#columnPartials}. */
    public static void columnPartialsOfStrips(FloatArray x, FloatArray partial, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int partial0 = places.get(sizes.get(0) + 1);
        int rows = sizes.get(2);
        int columns = sizes.get(3);
        int blocks = sizes.get(4);
        int height = sizes.get(5);
        int strips = (columns + WIDTH - 1) / WIDTH;
        for (@Parallel int strip = 0; strip < strips; strip++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int c = TornadoMath.min(strip * WIDTH, columns - WIDTH);
                int end = TornadoMath.min(rows, (block + 1) * height);
                Float16 first = Vectors.all(0f);
                Float16 second = Vectors.all(0f);
                for (int r = block * height; r < end; r++) {
                    int xr = x0 + r * columns + c;
                    first = Float16.add(first, Vectors.load(x, xr));
                    second = Float16.add(second, Vectors.load(x, xr + Vectors.LANES));
                }
                Vectors.store(partial, partial0 + block * columns + c, first);
                Vectors.store(partial, partial0 + block * columns + c + Vectors.LANES, second);
            }
        }
    }

    /** As {@link Sums#columnProductPartials}. */
    public static void columnProductPartialsOfStrips(
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
        int strips = (columns + WIDTH - 1) / WIDTH;
        for (@Parallel int strip = 0; strip < strips; strip++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int c = TornadoMath.min(strip * WIDTH, columns - WIDTH);
                int end = TornadoMath.min(rows, (block + 1) * height);
                Float16 first = Vectors.all(0f);
                Float16 second = Vectors.all(0f);
                for (int r = block * height; r < end; r++) {
                    int xr = x0 + r * columns + c;
                    int yr = y0 + r * columns + c;
                    float weight = 1f;
                    if (withKeep != 0) {
                        weight = keep.get(keep0 + r / tokens);
                    }
                    Float16 product = Float16.mult(Vectors.load(x, xr), Vectors.load(y, yr));
                    first = Float16.add(first, Float16.mult(product, weight));
                    product = Float16.mult(Vectors.load(x, xr + Vectors.LANES), Vectors.load(y, yr + Vectors.LANES));
                    second = Float16.add(second, Float16.mult(product, weight));
                }
                Vectors.store(partial, partial0 + block * columns + c, first);
                Vectors.store(partial, partial0 + block * columns + c + Vectors.LANES, second);
            }
        }
    }

    /** As {@link LayerNormRows#layerNormGammaPartials}. */
    public static void layerNormGammaPartialsOfStrips(
            FloatArray x,
            FloatArray mean,
            FloatArray rstd,
            FloatArray dy,
            FloatArray partial,
            IntArray places,
            IntArray sizes) {
        int at = sizes.get(0);
        int x0 = places.get(at);
        int mean0 = places.get(at + 1);
        int rstd0 = places.get(at + 2);
        int dy0 = places.get(at + 3);
        int partial0 = places.get(at + 4);
        int rows = sizes.get(2);
        int columns = sizes.get(3);
        int blocks = sizes.get(4);
        int height = sizes.get(5);
        int strips = (columns + WIDTH - 1) / WIDTH;
        for (@Parallel int strip = 0; strip < strips; strip++) {
            for (@Parallel int block = 0; block < blocks; block++) {
                int c = TornadoMath.min(strip * WIDTH, columns - WIDTH);
                int end = TornadoMath.min(rows, (block + 1) * height);
                Float16 first = Vectors.all(0f);
                Float16 second = Vectors.all(0f);
                for (int r = block * height; r < end; r++) {
                    int xr = x0 + r * columns + c;
                    int dyr = dy0 + r * columns + c;
                    float mu = mean.get(mean0 + r);
                    float rs = rstd.get(rstd0 + r);
                    Float16 n = Float16.mult(Float16.sub(Vectors.load(x, xr), mu), rs);
                    first = Float16.add(first, Float16.mult(Vectors.load(dy, dyr), n));
                    n = Float16.mult(Float16.sub(Vectors.load(x, xr + Vectors.LANES), mu), rs);
                    second = Float16.add(second, Float16.mult(Vectors.load(dy, dyr + Vectors.LANES), n));
                }
                Vectors.store(partial, partial0 + block * columns + c, first);
                Vectors.store(partial, partial0 + block * columns + c + Vectors.LANES, second);
            }
        }
    }

    /** As {@link Sums#chunkSquares}. */
    public static void chunkSquaresOfVectors(FloatArray x, FloatArray partial, IntArray places, IntArray sizes) {
        int x0 = places.get(sizes.get(0));
        int partial0 = places.get(sizes.get(0) + 1);
        int n = sizes.get(2);
        int chunks = sizes.get(3);
        int length = sizes.get(4);
        for (@Parallel int chunk = 0; chunk < chunks; chunk++) {
            int end = TornadoMath.min(n, (chunk + 1) * length);
            Float16 sums = Vectors.all(0f);
            int i = chunk * length;
            for (; i + Vectors.LANES <= end; i += Vectors.LANES) {
                Float16 v = Vectors.load(x, x0 + i);
                sums = Float16.add(sums, Float16.mult(v, v));
            }
            float sum = Vectors.sum(sums);
            for (; i < end; i++) {
                sum += x.get(x0 + i) * x.get(x0 + i);
            }
            partial.set(partial0 + chunk, sum);
        }
    }
}
