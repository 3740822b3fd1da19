package beits.device.cpu;

import beits.kernel.ArgMaxRows;
import beits.kernel.CopyBlocks;
import beits.kernel.GatherRows;
import beits.kernel.OneHot;
import beits.kernel.ScatterRows;
import beits.kernel.Transpose;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/** Kernels that move rows and blocks. */
final class Rows {
    private Rows() {}

    static Step gather(GatherRows kernel, Memory memory) {
        MemorySegment x = memory.of(kernel.x());
        MemorySegment index = memory.of(kernel.index());
        MemorySegment count = memory.ofNullable(kernel.count());
        MemorySegment out = memory.of(kernel.out());
        int columns = kernel.x().shape().columns();
        int picks = kernel.out().shape().rows();
        return Pieces.rows(picks, columns, (from, to) -> {
            int used = used(count, picks);
            for (int m = from; m < to; m++) {
                if (m < used) {
                    copy(x, (long) Lanes.integer(index, m) * columns, out, (long) m * columns, columns);
                } else {
                    clear(out, (long) m * columns, columns);
                }
            }
        });
    }

    static Step scatter(ScatterRows kernel, Memory memory) {
        MemorySegment dy = memory.of(kernel.dy());
        MemorySegment index = memory.of(kernel.index());
        MemorySegment count = memory.ofNullable(kernel.count());
        MemorySegment dx = memory.of(kernel.dx());
        int columns = kernel.dx().shape().columns();
        int rows = kernel.dx().shape().rows();
        int picks = kernel.dy().shape().rows();
        int[] sources = new int[rows];
        Step invert = Step.of(1, (worker, piece) -> {
            Arrays.fill(sources, -1);
            int used = used(count, picks);
            for (int m = 0; m < used; m++) {
                sources[Lanes.integer(index, m)] = m;
            }
        });
        return Step.sequence(invert, Pieces.rows(rows, columns, (from, to) -> {
            for (int row = from; row < to; row++) {
                if (sources[row] < 0) {
                    clear(dx, (long) row * columns, columns);
                } else {
                    copy(dy, (long) sources[row] * columns, dx, (long) row * columns, columns);
                }
            }
        }));
    }

    private static int used(@Nullable MemorySegment count, int picks) {
        return count == null ? picks : Math.clamp(Lanes.integer(count, 0), 0, picks);
    }

    static Step copyBlocks(CopyBlocks kernel, Memory memory) {
        MemorySegment source = memory.of(kernel.source());
        MemorySegment target = memory.of(kernel.target());
        int length = kernel.length();
        return Pieces.rows(kernel.blocks(), length, (from, to) -> {
            for (int block = from; block < to; block++) {
                long source0 = kernel.sourceFirst() + block * kernel.sourceStride();
                long target0 = kernel.targetFirst() + block * kernel.targetStride();
                if (kernel.accumulate()) {
                    add(source, source0, target, target0, length);
                } else {
                    copy(source, source0, target, target0, length);
                }
            }
        });
    }

    static Step transpose(Transpose kernel, Memory memory) {
        MemorySegment x = memory.of(kernel.x());
        MemorySegment y = memory.of(kernel.y());
        int rows = kernel.x().shape().extent(1);
        int columns = kernel.x().shape().extent(2);
        int tiles = Pieces.ceil(columns, TRANSPOSED);
        return Step.of(kernel.x().shape().extent(0) * tiles, (worker, piece) -> {
            long picture = (long) (piece / tiles) * rows * columns;
            int from = piece % tiles * TRANSPOSED;
            int to = Math.min(columns, from + TRANSPOSED);
            for (int r0 = 0; r0 < rows; r0 += TRANSPOSED) {
                int r1 = Math.min(rows, r0 + TRANSPOSED);
                for (int c = from; c < to; c++) {
                    for (int r = r0; r < r1; r++) {
                        Lanes.set(y, picture + (long) c * rows + r, Lanes.get(x, picture + (long) r * columns + c));
                    }
                }
            }
        });
    }

    /** Side of the squares of a transposition: 32 cache lines to read and to write. */
    private static final int TRANSPOSED = 32;

    static Step argMax(ArgMaxRows kernel, Memory memory) {
        MemorySegment x = memory.of(kernel.x());
        MemorySegment index = memory.of(kernel.index());
        int columns = kernel.x().shape().columns();
        return Pieces.rows(kernel.x().shape().rows(), columns, (from, to) -> {
            for (int row = from; row < to; row++) {
                long at = (long) row * columns;
                float max = SoftmaxRows.max(x, at, columns);
                int first = 0;
                while (first < columns - 1 && Lanes.get(x, at + first) != max) {
                    first++;
                }
                index.set(ValueLayout.JAVA_INT, (long) row * Integer.BYTES, first);
            }
        });
    }

    static Step oneHot(OneHot kernel, Memory memory) {
        MemorySegment index = memory.of(kernel.index());
        MemorySegment y = memory.of(kernel.y());
        int columns = kernel.y().shape().columns();
        return Pieces.rows(kernel.y().shape().rows(), columns, (from, to) -> {
            for (int row = from; row < to; row++) {
                clear(y, (long) row * columns, columns);
                int one = Lanes.integer(index, row);
                if (one >= 0 && one < columns) {
                    Lanes.set(y, (long) row * columns + one, 1f);
                }
            }
        });
    }

    /** Copies elements. */
    static void copy(MemorySegment source, long from, MemorySegment target, long to, int count) {
        MemorySegment.copy(source, from * Float.BYTES, target, to * Float.BYTES, (long) count * Float.BYTES);
    }

    /** Zeroes elements. */
    static void clear(MemorySegment target, long from, int count) {
        target.asSlice(from * Float.BYTES, (long) count * Float.BYTES).fill((byte) 0);
    }

    /** Adds elements to others. */
    static void add(MemorySegment source, long from, MemorySegment target, long to, int count) {
        int whole = Lanes.whole(count);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            Lanes.store(Lanes.load(target, to + j).add(Lanes.load(source, from + j)), target, to + j);
        }
        if (whole < count) {
            VectorMask<Float> rest = Lanes.first(count - whole);
            FloatVector sum = Lanes.load(target, to + whole, rest).add(Lanes.load(source, from + whole, rest));
            Lanes.store(sum, target, to + whole, rest);
        }
    }

    /** Copies elements of an array, or adds them. */
    static void put(float[] source, int from, MemorySegment target, long to, int count, boolean accumulate) {
        for (int j = 0; j < count; j += Lanes.COUNT) {
            VectorMask<Float> present = Lanes.first(Math.min(Lanes.COUNT, count - j));
            FloatVector value = FloatVector.fromArray(Lanes.SPECIES, source, from + j, present);
            Lanes.store(accumulate ? value.add(Lanes.load(target, to + j, present)) : value, target, to + j, present);
        }
    }
}
