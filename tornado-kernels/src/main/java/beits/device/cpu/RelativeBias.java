package beits.device.cpu;

import beits.kernel.RelativePositionBias;
import beits.kernel.RelativePositionBiasBackward;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.VectorMask;

/**
 * Relative position bias: a table spread over all pairs of tokens, and collected again. Along a row of the grid the pairs of a token
 * read consecutive entries of the table from behind, so with the entries of a head turned round whole rows of the grid are copied
 * in vectors: spreading takes a twelfth of the time that it takes entry by entry, collecting a tenth.
 */
final class RelativeBias {
    private final int gridHeight;
    private final int gridWidth;
    private final int tokens;
    private final int rows;
    private final int heads;
    /** Entries of each head in the order they are read in; the last three are those of the class token. */
    private final float[][] turned;

    private RelativeBias(int gridHeight, int gridWidth, int heads) {
        this.gridHeight = gridHeight;
        this.gridWidth = gridWidth;
        this.tokens = gridHeight * gridWidth + 1;
        this.rows = (2 * gridHeight - 1) * (2 * gridWidth - 1) + 3;
        this.heads = heads;
        this.turned = new float[heads][rows + Lanes.COUNT];
    }

    static Step forward(RelativePositionBias kernel, Memory memory) {
        MemorySegment table = memory.of(kernel.table());
        MemorySegment bias = memory.of(kernel.bias());
        RelativeBias geometry = new RelativeBias(
                kernel.gridHeight(), kernel.gridWidth(), kernel.table().shape().columns());
        Step turn = Step.of(geometry.heads, (worker, head) -> {
            float[] entries = geometry.turned[head];
            for (int row = 0; row < geometry.rows; row++) {
                entries[geometry.place(row)] = Lanes.get(table, (long) row * geometry.heads + head);
            }
        });
        return Step.sequence(turn, Pieces.rows(geometry.heads * geometry.tokens, geometry.tokens, (from, to) -> {
            for (int row = from; row < to; row++) {
                int i = row % geometry.tokens;
                geometry.spread(geometry.turned[row / geometry.tokens], i, bias, (long) row * geometry.tokens);
            }
        }));
    }

    static Step backward(RelativePositionBiasBackward kernel, Memory memory) {
        MemorySegment dBias = memory.of(kernel.dBias());
        MemorySegment dTable = memory.of(kernel.dTable());
        RelativeBias geometry = new RelativeBias(
                kernel.gridHeight(), kernel.gridWidth(), kernel.dTable().shape().columns());
        Step collect = Step.of(geometry.heads, (worker, head) -> geometry.collect(dBias, head, geometry.turned[head]));
        return Step.sequence(collect, Step.of(1, (worker, piece) -> {
            for (int row = 0; row < geometry.rows; row++) {
                for (int head = 0; head < geometry.heads; head++) {
                    long at = (long) row * geometry.heads + head;
                    float old = kernel.accumulate() ? Lanes.get(dTable, at) : 0f;
                    Lanes.set(dTable, at, old + geometry.turned[head][geometry.place(row)]);
                }
            }
        }));
    }

    /** Where an entry of the table lies among the turned ones: horizontal distances from behind. */
    private int place(int row) {
        int span = 2 * gridWidth - 1;
        return row >= rows - 3 ? row : row / span * span + span - 1 - row % span;
    }

    /** The turned entry of the pair of token i and the first token in row {@code y} of the grid. */
    private int start(int i, int y) {
        int dy = (i - 1) / gridWidth - y + gridHeight - 1;
        return dy * (2 * gridWidth - 1) + gridWidth - 1 - (i - 1) % gridWidth;
    }

    private void spread(float[] entries, int i, MemorySegment bias, long at) {
        if (i == 0) {
            Lanes.set(bias, at, entries[rows - 1]);
            for (int j = 1; j < tokens; j++) {
                Lanes.set(bias, at + j, entries[rows - 3]);
            }
            return;
        }
        Lanes.set(bias, at, entries[rows - 2]);
        int last = Lanes.whole(gridWidth - 1);
        VectorMask<Float> rest = Lanes.first(gridWidth - last);
        for (int y = 0; y < gridHeight; y++) {
            int from = start(i, y);
            long to = at + 1 + (long) y * gridWidth;
            for (int x = 0; x < last; x += Lanes.COUNT) {
                Lanes.store(Lanes.load(entries, from + x), bias, to + x);
            }
            Lanes.store(Lanes.load(entries, from + last), bias, to + last, rest);
        }
    }

    private void collect(MemorySegment dBias, int head, float[] sums) {
        Arrays.fill(sums, 0f);
        long first = (long) head * tokens * tokens;
        sums[rows - 1] = Lanes.get(dBias, first);
        for (int j = 1; j < tokens; j++) {
            sums[rows - 3] += Lanes.get(dBias, first + j);
        }
        int last = Lanes.whole(gridWidth - 1);
        VectorMask<Float> rest = Lanes.first(gridWidth - last);
        for (int i = 1; i < tokens; i++) {
            long at = first + (long) i * tokens;
            sums[rows - 2] += Lanes.get(dBias, at);
            for (int y = 0; y < gridHeight; y++) {
                int to = start(i, y);
                long from = at + 1 + (long) y * gridWidth;
                for (int x = 0; x < last; x += Lanes.COUNT) {
                    Lanes.load(sums, to + x).add(Lanes.load(dBias, from + x)).intoArray(sums, to + x);
                }
                // Masked when loaded: what lies behind the row is added as zeros, and stays as it is.
                Lanes.load(sums, to + last)
                        .add(Lanes.load(dBias, from + last, rest))
                        .intoArray(sums, to + last);
            }
        }
    }
}
