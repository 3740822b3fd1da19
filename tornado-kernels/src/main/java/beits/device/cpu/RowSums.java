package beits.device.cpu;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Sums over single rows in memory. */
final class RowSums {
    private RowSums() {}

    /** {@code Σ (x − from)} of a row. */
    static float sum(MemorySegment x, long at, int columns, float from) {
        int whole = Lanes.whole(columns);
        FloatVector sum = Lanes.zero();
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            sum = sum.add(Lanes.load(x, at + j).sub(from));
        }
        if (whole < columns) {
            VectorMask<Float> rest = Lanes.first(columns - whole);
            sum = sum.add(Lanes.load(x, at + whole, rest).sub(from), rest);
        }
        return Lanes.sum(sum);
    }
}
