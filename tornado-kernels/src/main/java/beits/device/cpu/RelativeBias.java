package beits.device.cpu;

import beits.kernel.RelativePositionBias;
import beits.kernel.RelativePositionBiasBackward;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Relative position bias: a table spread over all pairs of tokens, and collected again. */
final class RelativeBias {
    private final int gridHeight;
    private final int gridWidth;
    private final int tokens;
    private final int rows;
    private final int heads;

    private RelativeBias(int gridHeight, int gridWidth, int heads) {
        this.gridHeight = gridHeight;
        this.gridWidth = gridWidth;
        this.tokens = gridHeight * gridWidth + 1;
        this.rows = (2 * gridHeight - 1) * (2 * gridWidth - 1) + 3;
        this.heads = heads;
    }

    static Step forward(RelativePositionBias kernel, Memory memory) {
        MemorySegment table = memory.of(kernel.table());
        MemorySegment bias = memory.of(kernel.bias());
        RelativeBias geometry = new RelativeBias(
                kernel.gridHeight(), kernel.gridWidth(), kernel.table().shape().columns());
        return Pieces.rows(geometry.heads * geometry.tokens, geometry.tokens, (from, to) -> {
            for (int row = from; row < to; row++) {
                geometry.spread(table, bias, row / geometry.tokens, row % geometry.tokens);
            }
        });
    }

    static Step backward(RelativePositionBiasBackward kernel, Memory memory) {
        MemorySegment dBias = memory.of(kernel.dBias());
        MemorySegment dTable = memory.of(kernel.dTable());
        RelativeBias geometry = new RelativeBias(
                kernel.gridHeight(), kernel.gridWidth(), kernel.dTable().shape().columns());
        float[][] sums = new float[geometry.heads][geometry.rows];
        Step collect = Step.of(geometry.heads, (worker, head) -> geometry.collect(dBias, head, sums[head]));
        return Step.sequence(collect, Step.of(1, (worker, piece) -> {
            for (int row = 0; row < geometry.rows; row++) {
                for (int head = 0; head < geometry.heads; head++) {
                    long at = (long) row * geometry.heads + head;
                    float old = kernel.accumulate() ? Lanes.get(dTable, at) : 0f;
                    Lanes.set(dTable, at, old + sums[head][row]);
                }
            }
        }));
    }

    private void spread(MemorySegment table, MemorySegment bias, int head, int i) {
        long at = ((long) head * tokens + i) * tokens;
        for (int j = 0; j < tokens; j++) {
            Lanes.set(bias, at + j, Lanes.get(table, (long) row(i, j) * heads + head));
        }
    }

    private void collect(MemorySegment dBias, int head, float[] sums) {
        Arrays.fill(sums, 0f);
        for (int i = 0; i < tokens; i++) {
            long at = ((long) head * tokens + i) * tokens;
            for (int j = 0; j < tokens; j++) {
                sums[row(i, j)] += Lanes.get(dBias, at + j);
            }
        }
    }

    private int row(int i, int j) {
        if (i == 0) {
            return j == 0 ? rows - 1 : rows - 3;
        }
        if (j == 0) {
            return rows - 2;
        }
        int dy = (i - 1) / gridWidth - (j - 1) / gridWidth + gridHeight - 1;
        int dx = (i - 1) % gridWidth - (j - 1) % gridWidth + gridWidth - 1;
        return dy * (2 * gridWidth - 1) + dx;
    }
}
