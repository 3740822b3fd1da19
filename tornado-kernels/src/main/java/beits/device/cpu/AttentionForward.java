package beits.device.cpu;

import beits.kernel.Attention;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Attention of one head of one picture a piece: keys and values are packed once, then a few queries at a time run through scores,
 * softmax and weighted values while their scores stay in the cache. Rows of any length are normalised in one go: a few queries
 * times thousands of keys still fit the second-level cache, so no running maximum is needed.
 */
final class AttentionForward implements Step {
    /** Keys in a stretch of scores: a multiple of every panel width, and not above {@link MicroKernel#ROW_STRIDE}. */
    static final int STRETCH = 384;

    private final MicroKernel kernel;
    private final Scratch scratch;
    private final MemorySegment qkv;
    private final @Nullable MemorySegment bias;
    private final @Nullable MemorySegment probabilities;
    private final MemorySegment out;
    private final float scale;
    private final int pieces;
    private final int tokens;
    private final int heads;
    private final int size;
    private final int valuesAt;
    private final int queriesAt;
    private final int scoresAt;
    private final int tileAt;
    private final AttentionRows rows;
    private final WorkerPool.Body body = this::attend;

    AttentionForward(Attention attention, Memory memory, Scratch scratch, MicroKernel kernel) {
        this.kernel = kernel;
        this.scratch = scratch;
        this.qkv = memory.of(attention.qkv());
        this.bias = memory.ofNullable(attention.bias());
        this.probabilities = memory.ofNullable(attention.probabilities());
        this.out = memory.of(attention.out());
        this.scale = (float) attention.scale();
        this.tokens = attention.tokens();
        this.heads = attention.heads();
        this.size = attention.headSize();
        this.pieces = qkv.byteSize() == 0 ? 0 : attention.batch() * heads;
        this.valuesAt = Scratch.START + padded(tokens) * size;
        this.queriesAt = valuesAt + padded(size) * tokens;
        this.scoresAt = queriesAt + kernel.rows() * size;
        this.tileAt = scoresAt + AttentionRows.size(kernel, tokens);
        int carryAt = tileAt + kernel.rows() * kernel.columns();
        this.rows = new AttentionRows(kernel, tokens, scoresAt, carryAt);
        scratch.reserveOwn(carryAt + AttentionRows.carrySize(kernel));
    }

    private int padded(int count) {
        return (count + kernel.columns() - 1) / kernel.columns() * kernel.columns();
    }

    @Override
    public void run(WorkerPool pool) {
        pool.forEach(pieces, body);
    }

    private void attend(int worker, int piece) {
        float[] own = scratch.own(worker);
        int picture = piece / heads;
        int head = piece % heads;
        long stride = 3L * heads * size;
        long queries = picture * tokens * stride + (long) head * size;
        long keys = queries + (long) heads * size;
        long values = keys + (long) heads * size;
        int width = kernel.columns();
        own[tileAt] = Fetch.rows(qkv, queries, stride, tokens, size)
                ^ Fetch.rows(qkv, keys, stride, tokens, size)
                ^ Fetch.rows(qkv, values, stride, tokens, size);
        for (int j = 0; j < tokens; j += width) {
            int present = Math.min(width, tokens - j);
            Packing.rows(
                    qkv,
                    keys + j * stride,
                    stride,
                    present,
                    size,
                    own,
                    Scratch.START + j * size,
                    kernel.panelColumns(present));
        }
        for (int d = 0; d < size; d += width) {
            int present = Math.min(width, size - d);
            Packing.columns(
                    qkv, values + d, stride, present, tokens, own, valuesAt + d * tokens, kernel.panelColumns(present));
        }
        for (int i = 0; i < tokens; i += kernel.rows()) {
            int rows = Math.min(kernel.rows(), tokens - i);
            int panelRows = kernel.panelRows(rows);
            Packing.rows(qkv, queries + i * stride, stride, rows, size, own, queriesAt, panelRows);
            for (int j = 0; j < tokens; j += width) {
                kernel.multiply(
                        panelRows,
                        kernel.panelColumns(tokens - j),
                        own,
                        queriesAt,
                        own,
                        Scratch.START + j * size,
                        size,
                        own,
                        scoresAt + score(kernel, 0, j),
                        MicroKernel.ROW_STRIDE);
            }
            this.rows.exponentials(own, rows, scale, bias, ((long) head * tokens + i) * tokens);
            if (probabilities != null) {
                this.rows.store(own, rows, probabilities, ((long) piece * tokens + i) * tokens);
            }
            weightValues(own, panelRows, rows, ((long) picture * tokens + i) * heads * size + (long) head * size);
        }
    }

    /** Place of the score of (row, key) in the stretches [stretch][row][key]. */
    static int score(MicroKernel kernel, int row, int key) {
        return (key / STRETCH * kernel.rows() + row) * MicroKernel.ROW_STRIDE + key % STRETCH;
    }

    private void weightValues(float[] own, int panelRows, int rows, long to) {
        for (int d = 0; d < size; d += kernel.columns()) {
            int columns = Math.min(kernel.columns(), size - d);
            int width = kernel.panelColumns(columns);
            for (int from = 0; from < tokens; from += STRETCH) {
                kernel.multiplyRows(
                        panelRows,
                        width,
                        own,
                        scoresAt + score(kernel, 0, from),
                        own,
                        valuesAt + d * tokens + from * width,
                        Math.min(STRETCH, tokens - from),
                        own,
                        tileAt,
                        kernel.columns());
                this.rows.weighted(own, tileAt, rows, columns, from > 0, out, to + d, (long) heads * size);
            }
        }
    }
}
