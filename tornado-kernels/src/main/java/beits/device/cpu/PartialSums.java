package beits.device.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Sums over rows: stretches of rows give partial sums in parallel, which are then added in order. */
final class PartialSums {
    /** Adds some rows to a partial sum. */
    @FunctionalInterface
    interface Rows {
        /**
         * Adds rows {@code from} to {@code to} to the values of {@code part} from {@code at} on, which are 0 at first.
         */
        void add(float[] part, int at, int from, int to);
    }

    private final int rows;
    private final int width;
    private final int length;
    private final int parts;
    private final Scratch scratch;

    /** Sums of {@code width} values over {@code rows}. */
    PartialSums(int rows, int width, Scratch scratch) {
        this.rows = rows;
        this.width = width;
        this.length = Pieces.rowsOfPartialSum(rows);
        this.parts = Pieces.ceil(rows, length);
        this.scratch = scratch;
        scratch.reserveCommon((long) parts * width);
    }

    /** The step that makes the partial sums. */
    Step add(Rows adder) {
        return Step.of(parts, (worker, part) -> {
            float[] all = scratch.common();
            int at = part * width;
            Arrays.fill(all, at, at + width, 0f);
            adder.add(all, at, part * length, Math.min(rows, (part + 1) * length));
        });
    }

    /** The step that adds up {@code count} of the sums from {@code first} on. */
    Step store(int first, int count, MemorySegment out, boolean accumulate) {
        return Pieces.rows(Pieces.ceil(count, Lanes.COUNT), (long) Lanes.COUNT * (parts + 1), (from, to) -> {
            for (int vector = from; vector < to; vector++) {
                int j = vector * Lanes.COUNT;
                VectorMask<Float> present = Lanes.first(Math.min(Lanes.COUNT, count - j));
                FloatVector sum = accumulate ? Lanes.load(out, j, present) : Lanes.zero();
                float[] all = scratch.common();
                for (int part = 0; part < parts; part++) {
                    sum = sum.add(FloatVector.fromArray(Lanes.SPECIES, all, part * width + first + j, present));
                }
                Lanes.store(sum, out, j, present);
            }
        });
    }

    /** The step that adds up all sums into an array. */
    Step total(float[] out) {
        return Step.of(1, (worker, piece) -> {
            float[] all = scratch.common();
            Arrays.fill(out, 0f);
            for (int part = 0; part < parts; part++) {
                for (int j = 0; j < width; j++) {
                    out[j] += all[part * width + j];
                }
            }
        });
    }
}
