package beits.device.cpu;

import beits.kernel.ColumnSum;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Sums of matrix columns. */
final class ColumnSums {
    private ColumnSums() {}

    static Step step(ColumnSum kernel, Memory memory, Scratch scratch) {
        MemorySegment x = memory.of(kernel.x());
        int columns = kernel.x().shape().columns();
        PartialSums sums = new PartialSums(kernel.x().shape().rows(), columns, scratch);
        Step partial = sums.add((part, at, from, to) -> {
            for (int row = from; row < to; row++) {
                addRow(x, (long) row * columns, columns, part, at);
            }
        });
        return Step.sequence(partial, sums.store(0, columns, memory.of(kernel.out()), kernel.accumulate()));
    }

    /** Adds a row of memory to an array. */
    static void addRow(MemorySegment x, long from, int columns, float[] part, int at) {
        int whole = Lanes.whole(columns);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            Lanes.load(part, at + j).add(Lanes.load(x, from + j)).intoArray(part, at + j);
        }
        if (whole < columns) {
            VectorMask<Float> rest = Lanes.first(columns - whole);
            FloatVector.fromArray(Lanes.SPECIES, part, at + whole, rest)
                    .add(Lanes.load(x, from + whole, rest))
                    .intoArray(part, at + whole, rest);
        }
    }
}
