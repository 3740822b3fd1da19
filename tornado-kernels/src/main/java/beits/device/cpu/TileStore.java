package beits.device.cpu;

import beits.kernel.Epilogue;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Brings a finished tile from its array in the first-level cache to its place in C. Whatever a product does besides multiplying
 * happens here, so the micro-kernels have one form and C is passed over once.
 */
final class TileStore {
    private enum Ending {
        NONE,
        BIAS,
        BIAS_RELU,
        BIAS_GELU
    }

    private final MemorySegment c;
    private final long stride;
    private final Ending ending;
    private final MemorySegment bias;
    private final MemorySegment input;

    /** A result with rows of {@code stride} elements and what happens to them at last. */
    TileStore(MemorySegment c, long stride, Epilogue epilogue, Memory memory) {
        this.c = c;
        this.stride = stride;
        switch (epilogue) {
            case Epilogue.None none -> {
                ending = Ending.NONE;
                bias = c;
                input = c;
            }
            case Epilogue.Bias e -> {
                ending = Ending.BIAS;
                bias = memory.of(e.bias());
                input = c;
            }
            case Epilogue.BiasRelu e -> {
                ending = Ending.BIAS_RELU;
                bias = memory.of(e.bias());
                input = c;
            }
            case Epilogue.BiasGelu e -> {
                ending = Ending.BIAS_GELU;
                bias = memory.of(e.bias());
                input = memory.of(e.input());
            }
        }
    }

    /**
     * Finishes a tile whose first element belongs at (row, column).
     *
     * @param add whether C already holds a part of the sum
     * @param last whether the sum is now complete
     */
    void finish(float[] t, int at, int tStride, int rows, int columns, int row, int column, boolean add, boolean last) {
        finishAt(t, at, tStride, rows, columns, row * stride + column, column, add, last);
    }

    /** As {@link #finish}, for a tile whose first element belongs at element {@code to} of C. */
    void finishAt(
            float[] t, int at, int tStride, int rows, int columns, long to, int column, boolean add, boolean last) {
        if (add) {
            addFrom(c, to, stride, t, at, tStride, rows, columns);
        }
        switch (last ? ending : Ending.NONE) {
            case NONE -> store(t, at, tStride, rows, columns, c, to, stride);
            case BIAS -> storeBias(t, at, tStride, rows, columns, c, to, stride, bias, column, Float.NEGATIVE_INFINITY);
            case BIAS_RELU -> storeBias(t, at, tStride, rows, columns, c, to, stride, bias, column, 0f);
            case BIAS_GELU -> storeBiasGelu(t, at, tStride, rows, columns, c, input, to, stride, bias, column);
        }
    }

    /** {@code t += c}. */
    static void addFrom(
            MemorySegment c, long from, long stride, float[] t, int at, int tStride, int rows, int columns) {
        int whole = Lanes.whole(columns);
        VectorMask<Float> rest = Lanes.first(columns - whole);
        for (int i = 0; i < rows; i++) {
            int tRow = at + i * tStride;
            long cRow = from + i * stride;
            for (int j = 0; j < whole; j += Lanes.COUNT) {
                Lanes.load(t, tRow + j).add(Lanes.load(c, cRow + j)).intoArray(t, tRow + j);
            }
            if (whole < columns) {
                Lanes.load(t, tRow + whole)
                        .add(Lanes.load(c, cRow + whole, rest))
                        .intoArray(t, tRow + whole);
            }
        }
    }

    /** {@code sums = t} for {@code count} elements of whole vectors, added to what is there when {@code add}. */
    static void gather(float[] t, int tAt, float[] sums, int at, int count, boolean add) {
        for (int i = 0; i < count; i += Lanes.COUNT) {
            FloatVector tile = Lanes.load(t, tAt + i);
            (add ? tile.add(Lanes.load(sums, at + i)) : tile).intoArray(sums, at + i);
        }
    }

    /** {@code c = t}. */
    static void store(float[] t, int at, int tStride, int rows, int columns, MemorySegment c, long to, long stride) {
        if (columns == 2 * Lanes.COUNT) {
            storePairs(t, at, tStride, rows, c, to, stride);
        } else {
            storeAny(t, at, tStride, rows, columns, c, to, stride);
        }
    }

    private static void storePairs(float[] t, int at, int tStride, int rows, MemorySegment c, long to, long stride) {
        for (int i = 0; i < rows; i++) {
            int tRow = at + i * tStride;
            long cRow = to + i * stride;
            Lanes.store(Lanes.load(t, tRow), c, cRow);
            Lanes.store(Lanes.load(t, tRow + Lanes.COUNT), c, cRow + Lanes.COUNT);
        }
    }

    private static void storeAny(
            float[] t, int at, int tStride, int rows, int columns, MemorySegment c, long to, long stride) {
        int whole = Lanes.whole(columns);
        VectorMask<Float> rest = Lanes.first(columns - whole);
        for (int i = 0; i < rows; i++) {
            int tRow = at + i * tStride;
            long cRow = to + i * stride;
            for (int j = 0; j < whole; j += Lanes.COUNT) {
                Lanes.store(Lanes.load(t, tRow + j), c, cRow + j);
            }
            if (whole < columns) {
                Lanes.store(Lanes.load(t, tRow + whole), c, cRow + whole, rest);
            }
        }
    }

    /** {@code c = scale · t}, added to what is there when {@code add}. */
    static void storeScaled(
            float[] t,
            int at,
            int tStride,
            int rows,
            int columns,
            float scale,
            boolean add,
            MemorySegment c,
            long to,
            long stride) {
        for (int i = 0; i < rows; i++) {
            int tRow = at + i * tStride;
            for (int j = 0; j < columns; j += Lanes.COUNT) {
                Lanes.load(t, tRow + j).mul(scale).intoArray(t, tRow + j);
            }
        }
        if (add) {
            addFrom(c, to, stride, t, at, tStride, rows, columns);
        }
        store(t, at, tStride, rows, columns, c, to, stride);
    }

    private static void storeBias(
            float[] t,
            int at,
            int tStride,
            int rows,
            int columns,
            MemorySegment c,
            long to,
            long stride,
            MemorySegment bias,
            int column,
            float least) {
        FloatVector floor = Lanes.all(least);
        int whole = Lanes.whole(columns);
        VectorMask<Float> rest = Lanes.first(columns - whole);
        for (int i = 0; i < rows; i++) {
            int tRow = at + i * tStride;
            long cRow = to + i * stride;
            for (int j = 0; j < whole; j += Lanes.COUNT) {
                FloatVector sum = Lanes.load(t, tRow + j).add(Lanes.load(bias, column + j));
                Lanes.store(Lanes.larger(sum, floor), c, cRow + j);
            }
            if (whole < columns) {
                FloatVector sum = Lanes.load(t, tRow + whole).add(Lanes.load(bias, column + whole, rest));
                Lanes.store(Lanes.larger(sum, floor), c, cRow + whole, rest);
            }
        }
    }

    private static void storeBiasGelu(
            float[] t,
            int at,
            int tStride,
            int rows,
            int columns,
            MemorySegment c,
            MemorySegment input,
            long to,
            long stride,
            MemorySegment bias,
            int column) {
        int whole = Lanes.whole(columns);
        VectorMask<Float> rest = Lanes.first(columns - whole);
        for (int i = 0; i < rows; i++) {
            int tRow = at + i * tStride;
            long cRow = to + i * stride;
            for (int j = 0; j < whole; j += Lanes.COUNT) {
                FloatVector sum = Lanes.load(t, tRow + j).add(Lanes.load(bias, column + j));
                Lanes.store(sum, input, cRow + j);
                Lanes.store(VectorMath.gelu(sum), c, cRow + j);
            }
            if (whole < columns) {
                FloatVector sum = Lanes.load(t, tRow + whole).add(Lanes.load(bias, column + whole, rest));
                Lanes.store(sum, input, cRow + whole, rest);
                Lanes.store(VectorMath.gelu(sum), c, cRow + whole, rest);
            }
        }
    }
}
