package beits.device.cpu;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Copies factors of a product into panels: {@code panel[p·width + r]}, the order in which {@link MicroKernel} reads them. Places
 * without an element are zero.
 */
final class Packing {
    /** Whether the machine's vectors are long enough for blocks to be transposed in registers. */
    static final boolean TRANSPOSES = Lanes.COUNT >= 8;
    /** Rows of a whole panel of A. */
    private static final int NARROW = Lanes.COUNT / 4 * 3;

    private Packing() {}

    /**
     * Transposing: {@code panel[p·width + r] = source[first + r·stride + p]} for r below {@code rows}. Behind a panel of less than half
     * a vector some values are open; such panels lie in one thread's own memory.
     *
     * @param k length of the rows taken
     * @param width at most a vector's lanes, or a multiple of them
     */
    static void rows(MemorySegment source, long first, long stride, int rows, int k, float[] panel, int at, int width) {
        if (!TRANSPOSES || k < Lanes.COUNT || rows < Math.max(1, width - Lanes.COUNT + 1)) {
            oneByOne(source, first, stride, rows, k, panel, at, width);
            return;
        }
        // A vector's worth of rows to their ends before the next: of 32 rows at once the processor foresees too few,
        // and
        // 2304x768 out of the last-level cache takes 1.09 instead of 0.37 ms.
        if (width == NARROW && rows == NARROW) {
            narrowRows(source, first, stride, k, panel, at);
            return;
        }
        for (int r = 0; r < width; r += Lanes.COUNT) {
            if (r + Lanes.COUNT <= rows) {
                wholeRows(source, first + r * stride, stride, k, panel, at + r, width);
            } else {
                someRows(source, first + r * stride, stride, rows - r, k, panel, at + r, width);
            }
        }
    }

    // Square blocks in registers. The last block ends with the row, so it may take columns again that another has
    // taken.

    private static void narrowRows(MemorySegment source, long first, long stride, int k, float[] panel, int at) {
        for (int p = 0; p < k; p += Lanes.COUNT) {
            int from = Math.min(p, k - Lanes.COUNT);
            int to = at + from * NARROW;
            if (Lanes.COUNT == 16) {
                Transposition16.rows12(source, first + from, stride, panel, to);
            } else {
                Transposition8.rows6(source, first + from, stride, panel, to);
            }
        }
    }

    private static void wholeRows(
            MemorySegment source, long first, long stride, int k, float[] panel, int at, int width) {
        for (int p = 0; p < k; p += Lanes.COUNT) {
            int from = Math.min(p, k - Lanes.COUNT);
            square(source, first + from, stride, panel, at + from * width, width);
        }
    }

    private static void someRows(
            MemorySegment source, long first, long stride, int rows, int k, float[] panel, int at, int width) {
        for (int p = 0; p < k; p += Lanes.COUNT) {
            int from = Math.min(p, k - Lanes.COUNT);
            int to = at + from * width;
            if (Lanes.COUNT == 16) {
                Transposition16.someRows(source, first + from, stride, rows, panel, to, width);
            } else {
                Transposition8.someRows(source, first + from, stride, rows, panel, to, width);
            }
        }
    }

    /**
     * A square block of a vector's lanes: {@code panel[at + p·width + r] = source[first + r·stride + p]}. Only where {@link
     * #TRANSPOSES}.
     */
    static void square(MemorySegment source, long first, long stride, float[] panel, int at, int width) {
        if (Lanes.COUNT == 16) {
            Transposition16.rows16(source, first, stride, panel, at, width);
        } else {
            Transposition8.rows8(source, first, stride, panel, at, width);
        }
    }

    private static void oneByOne(
            MemorySegment source, long first, long stride, int rows, int k, float[] panel, int at, int width) {
        int r = 0;
        for (; r + 4 <= rows; r += 4) {
            long r0 = first + r * stride;
            long r1 = r0 + stride;
            long r2 = r1 + stride;
            long r3 = r2 + stride;
            for (int p = 0; p < k; p++) {
                int to = at + p * width + r;
                panel[to] = Lanes.get(source, r0 + p);
                panel[to + 1] = Lanes.get(source, r1 + p);
                panel[to + 2] = Lanes.get(source, r2 + p);
                panel[to + 3] = Lanes.get(source, r3 + p);
            }
        }
        for (; r < rows; r++) {
            for (int p = 0; p < k; p++) {
                panel[at + p * width + r] = Lanes.get(source, first + r * stride + p);
            }
        }
        for (; r < width; r++) {
            for (int p = 0; p < k; p++) {
                panel[at + p * width + r] = 0f;
            }
        }
    }

    /**
     * Rows as they lie: {@code target[r·targetStride + p] = source[first + r·stride + p]}; what follows a row in its vector is open. The
     * rows are the inner loop, since a row is only a few vectors long.
     */
    static void copy(MemorySegment source, long first, long stride, int rows, int k, float[] target, int targetStride) {
        for (int p = 0; p < k; p += Lanes.COUNT) {
            for (int r = 0; r < rows; r++) {
                Lanes.load(source, first + r * stride + p).intoArray(target, r * targetStride + p);
            }
        }
    }

    /**
     * Straight, several panels at once: {@code panel[q·k·width + p·width + j] = source[first + p·stride + q·width + j]}. Rows of the
     * source are read across all panels, because the short pieces of one panel would lie pages apart.
     *
     * @param columns columns taken, {@code width} for each panel but the last
     * @param lastWidth width of the last panel
     */
    static void columns(
            MemorySegment source,
            long first,
            long stride,
            int columns,
            int k,
            float[] panel,
            int at,
            int width,
            int lastWidth) {
        int whole = columns / width;
        if (whole > 1 && width == 2 * Lanes.COUNT) {
            pairsOfVectors(source, first, stride, whole, k, panel, at, width);
        } else if (whole > 1 && width < Lanes.COUNT) {
            partsOfVectors(source, first, stride, whole, k, panel, at, width);
        } else {
            for (int q = 0; q < whole; q++) {
                columns(source, first + q * width, stride, width, k, panel, at + q * k * width, width);
            }
        }
        if (whole * width < columns) {
            columns(
                    source,
                    first + whole * width,
                    stride,
                    columns - whole * width,
                    k,
                    panel,
                    at + whole * k * width,
                    lastWidth);
        }
    }

    /** Straight, one panel: {@code panel[p·width + j] = source[first + p·stride + j]} for j below {@code columns}. */
    static void columns(
            MemorySegment source, long first, long stride, int columns, int k, float[] panel, int at, int width) {
        if (columns == width && width == 2 * Lanes.COUNT) {
            pairOfVectors(source, first, stride, k, panel, at);
            return;
        }
        if (columns == width && width < Lanes.COUNT) {
            partOfVector(source, first, stride, k, panel, at, width);
            return;
        }
        if (columns == width && width % Lanes.COUNT == 0) {
            wholeVectors(source, first, stride, k, panel, at, width);
            return;
        }
        for (int j = 0; j < width; j += Lanes.COUNT) {
            masked(
                    source,
                    first + Math.min(j, columns),
                    stride,
                    Math.max(columns - j, 0),
                    k,
                    panel,
                    at + j,
                    width,
                    width - j);
        }
    }

    // Each way is a method of its own: together in one, the compiler compiled them 20 times over while a program warmed
    // up. One panel has ways of its own, without a loop over panels inside the loop over rows: attention packs single
    // panels, and its gradient for 256 heads of 50x32 runs at 52 instead of 43 GFLOP/s on one core.

    private static void pairsOfVectors(
            MemorySegment source, long first, long stride, int panels, int k, float[] panel, int at, int width) {
        for (int p = 0; p < k; p++) {
            long from = first + p * stride;
            int to = at + p * width;
            for (int q = 0; q < panels; q++) {
                Lanes.load(source, from + q * width).intoArray(panel, to + q * k * width);
                Lanes.load(source, from + q * width + Lanes.COUNT).intoArray(panel, to + q * k * width + Lanes.COUNT);
            }
        }
    }

    /**
     * Panels narrower than a vector. Whole vectors are stored, whose surplus the next rows of the panel overwrite; only the last ones
     * are stored under a mask. 788x2304 takes 0.64 ms instead of 1.68 with a mask in every row.
     */
    private static void partsOfVectors(
            MemorySegment source, long first, long stride, int panels, int k, float[] panel, int at, int width) {
        int free = rowsWithRoom(k, width);
        for (int p = 0; p < free; p++) {
            long from = first + p * stride;
            int to = at + p * width;
            for (int q = 0; q < panels; q++) {
                Lanes.load(source, from + q * width).intoArray(panel, to + q * k * width);
            }
        }
        VectorMask<Float> place = Lanes.first(width);
        for (int p = free; p < k; p++) {
            long from = first + p * stride;
            int to = at + p * width;
            for (int q = 0; q < panels; q++) {
                Lanes.load(source, from + q * width, place).intoArray(panel, to + q * k * width, place);
            }
        }
    }

    private static void pairOfVectors(MemorySegment source, long first, long stride, int k, float[] panel, int at) {
        for (int p = 0; p < k; p++) {
            long from = first + p * stride;
            int to = at + p * 2 * Lanes.COUNT;
            Lanes.load(source, from).intoArray(panel, to);
            Lanes.load(source, from + Lanes.COUNT).intoArray(panel, to + Lanes.COUNT);
        }
    }

    private static void partOfVector(
            MemorySegment source, long first, long stride, int k, float[] panel, int at, int width) {
        int free = rowsWithRoom(k, width);
        for (int p = 0; p < free; p++) {
            Lanes.load(source, first + p * stride).intoArray(panel, at + p * width);
        }
        VectorMask<Float> place = Lanes.first(width);
        for (int p = free; p < k; p++) {
            Lanes.load(source, first + p * stride, place).intoArray(panel, at + p * width, place);
        }
    }

    /**
     * Rows whose whole vector ends within the panel. What lies behind it may belong to another thread, which may have filled it
     * already.
     */
    private static int rowsWithRoom(int k, int width) {
        int room = k * width - Lanes.COUNT;
        return room < 0 ? 0 : room / width + 1;
    }

    private static void wholeVectors(
            MemorySegment source, long first, long stride, int k, float[] panel, int at, int width) {
        for (int p = 0; p < k; p++) {
            long from = first + p * stride;
            int to = at + p * width;
            for (int j = 0; j < width; j += Lanes.COUNT) {
                Lanes.load(source, from + j).intoArray(panel, to + j);
            }
        }
    }

    private static void masked(
            MemorySegment source,
            long first,
            long stride,
            int columns,
            int k,
            float[] panel,
            int at,
            int width,
            int places) {
        VectorMask<Float> present = Lanes.first(columns);
        VectorMask<Float> place = Lanes.first(places);
        for (int p = 0; p < k; p++) {
            Lanes.load(source, first + p * stride, present).intoArray(panel, at + p * width, place);
        }
    }

    /** As {@link #columns(MemorySegment, long, long, int, int, float[], int, int)}, from an array. */
    static void columns(float[] source, int first, int stride, int columns, int k, float[] panel, int at, int width) {
        if (columns == width && width < Lanes.COUNT) {
            partOfVector(source, first, stride, k, panel, at, width);
            return;
        }
        for (int j = 0; j < width; j += Lanes.COUNT) {
            VectorMask<Float> present = Lanes.first(Math.clamp(columns - j, 0, Lanes.COUNT));
            VectorMask<Float> place = Lanes.first(Math.min(width - j, Lanes.COUNT));
            for (int p = 0; p < k; p++) {
                FloatVector.fromArray(Lanes.SPECIES, source, first + p * stride + j, present)
                        .intoArray(panel, at + p * width + j, place);
            }
        }
    }

    private static void partOfVector(float[] source, int first, int stride, int k, float[] panel, int at, int width) {
        int free = rowsWithRoom(k, width);
        for (int p = 0; p < free; p++) {
            Lanes.load(source, first + p * stride).intoArray(panel, at + p * width);
        }
        VectorMask<Float> place = Lanes.first(width);
        for (int p = free; p < k; p++) {
            FloatVector.fromArray(Lanes.SPECIES, source, first + p * stride, place)
                    .intoArray(panel, at + p * width, place);
        }
    }
}
