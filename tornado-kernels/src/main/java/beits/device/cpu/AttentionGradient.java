package beits.device.cpu;

import beits.kernel.AttentionBackward;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Gradient of attention. One head of one picture goes through blocks of queries: a few rows of dS at a time are made in the cache
 * and give dQ at once; when the block is complete its columns give dK and dV. With a bias gradient one piece is a head and takes
 * the pictures in order, so the sum over pictures has one order.
 */
final class AttentionGradient implements Step {
    /** Elements of dS kept for dK: 1 MB, all queries up to 512 tokens. */
    private static final int BLOCK_SIZE = 262144;

    private final MicroKernel kernel;
    private final Scratch scratch;
    private final MemorySegment qkv;
    private final MemorySegment probabilities;
    private final MemorySegment dOut;
    private final MemorySegment dQkv;
    private final @Nullable MemorySegment dBias;
    private final float scale;
    private final boolean accumulateBias;
    private final int batch;
    private final int tokens;
    private final int heads;
    private final int size;
    private final int block;
    private final int keysAt;
    private final int queriesAt;
    private final int outAt;
    private final int columnsAt;
    private final int panelAt;
    private final int rowsAt;
    private final int tileAt;
    private final AttentionRows rows;
    private final WorkerPool.Body body = this::piece;

    AttentionGradient(AttentionBackward attention, Memory memory, Scratch scratch, MicroKernel kernel) {
        this.kernel = kernel;
        this.scratch = scratch;
        this.qkv = memory.of(attention.qkv());
        this.probabilities = memory.of(attention.probabilities());
        this.dOut = memory.of(attention.dOut());
        this.dQkv = memory.of(attention.dQkv());
        this.dBias = memory.ofNullable(attention.dBias());
        this.scale = (float) attention.scale();
        this.accumulateBias = attention.accumulateBias();
        this.batch = attention.batch();
        this.tokens = attention.tokens();
        this.heads = attention.heads();
        this.size = attention.headSize();
        int rows = kernel.rows();
        int whole = (tokens + rows - 1) / rows * rows;
        this.block = Math.min(whole, Math.max(1, BLOCK_SIZE / Math.max(1, tokens) / rows) * rows);
        this.keysAt = Scratch.START + padded(tokens) * size;
        this.queriesAt = keysAt + padded(size) * tokens;
        this.outAt = queriesAt + padded(size) * block;
        this.columnsAt = outAt + padded(size) * block;
        this.panelAt = columnsAt + whole * block;
        this.rowsAt = panelAt + rows * Math.max(size, block);
        this.tileAt = rowsAt + AttentionRows.size(kernel, tokens);
        int carryAt = tileAt + rows * kernel.columns();
        this.rows = new AttentionRows(kernel, tokens, rowsAt, carryAt);
        scratch.reserveOwn(carryAt + AttentionRows.carrySize(kernel));
    }

    private int padded(int count) {
        return (count + kernel.columns() - 1) / kernel.columns() * kernel.columns();
    }

    @Override
    public void run(WorkerPool pool) {
        if (qkv.byteSize() > 0) {
            pool.forEach(dBias == null ? batch * heads : heads, body);
        }
    }

    private void piece(int worker, int piece) {
        float[] own = scratch.own(worker);
        if (dBias == null) {
            head(own, piece / heads, piece % heads);
        } else {
            for (int picture = 0; picture < batch; picture++) {
                head(own, picture, piece);
            }
        }
    }

    private void head(float[] own, int picture, int head) {
        long stride = 3L * heads * size;
        long queries = picture * tokens * stride + (long) head * size;
        long keys = queries + (long) heads * size;
        long values = keys + (long) heads * size;
        long outStride = (long) heads * size;
        long outs = picture * tokens * outStride + (long) head * size;
        own[tileAt] = Fetch.rows(qkv, queries, stride, tokens, size)
                ^ Fetch.rows(qkv, keys, stride, tokens, size)
                ^ Fetch.rows(qkv, values, stride, tokens, size)
                ^ Fetch.rows(dOut, outs, outStride, tokens, size);
        int width = kernel.columns();
        for (int j = 0; j < tokens; j += width) {
            int present = Math.min(width, tokens - j);
            Packing.rows(
                    qkv,
                    values + j * stride,
                    stride,
                    present,
                    size,
                    own,
                    Scratch.START + j * size,
                    kernel.panelColumns(present));
        }
        packColumns(qkv, keys, stride, tokens, own, keysAt);
        for (int from = 0; from < tokens; from += block) {
            int count = Math.min(block, tokens - from);
            packColumns(qkv, queries + from * stride, stride, count, own, queriesAt);
            packColumns(dOut, outs + from * outStride, outStride, count, own, outAt);
            for (int i = from; i < from + count; i += kernel.rows()) {
                int rows = Math.min(kernel.rows(), tokens - i);
                scoreGradients(own, picture, head, i, rows, outs + i * outStride, outStride);
                queryGradients(own, rows, queries + i * stride, stride);
                keepColumns(own, i - from, rows);
            }
            long probability = ((long) (picture * heads + head) * tokens + from) * tokens;
            keyAndValueGradients(own, probability, count, from > 0, keys, values, stride);
        }
    }

    private void packColumns(MemorySegment source, long first, long stride, int count, float[] own, int at) {
        for (int d = 0; d < size; d += kernel.columns()) {
            int present = Math.min(kernel.columns(), size - d);
            Packing.columns(
                    source, first + d, stride, present, count, own, at + d * count, kernel.panelColumns(present));
        }
    }

    /** dS of some rows, into the stretches at {@link #rowsAt}, and into the bias gradient. */
    private void scoreGradients(float[] own, int picture, int head, int row, int rows, long outs, long outStride) {
        int panelRows = kernel.panelRows(rows);
        Packing.rows(dOut, outs, outStride, rows, size, own, panelAt, panelRows);
        for (int j = 0; j < tokens; j += kernel.columns()) {
            kernel.multiply(
                    panelRows,
                    kernel.panelColumns(tokens - j),
                    own,
                    panelAt,
                    own,
                    Scratch.START + j * size,
                    size,
                    own,
                    rowsAt + AttentionForward.score(kernel, 0, j),
                    MicroKernel.ROW_STRIDE);
        }
        long p = ((long) (picture * heads + head) * tokens + row) * tokens;
        this.rows.gradients(own, rows, probabilities, p);
        if (dBias != null) {
            long to = ((long) head * tokens + row) * tokens;
            this.rows.addToBias(own, rows, accumulateBias || picture > 0, dBias, to);
        }
    }

    private void queryGradients(float[] own, int rows, long to, long stride) {
        for (int d = 0; d < size; d += kernel.columns()) {
            int columns = Math.min(kernel.columns(), size - d);
            int width = kernel.panelColumns(columns);
            for (int from = 0; from < tokens; from += AttentionForward.STRETCH) {
                kernel.multiplyRows(
                        kernel.panelRows(rows),
                        width,
                        own,
                        rowsAt + AttentionForward.score(kernel, 0, from),
                        own,
                        keysAt + d * tokens + from * width,
                        Math.min(AttentionForward.STRETCH, tokens - from),
                        own,
                        tileAt,
                        kernel.columns());
                TileStore.storeScaled(
                        own, tileAt, kernel.columns(), rows, columns, scale, from > 0, dQkv, to + d, stride);
            }
        }
    }

    /** Files rows of dS under the panels of their columns: [panel][row][column]. */
    private void keepColumns(float[] own, int row, int rows) {
        for (int j = 0; j < tokens; j += kernel.rows()) {
            int present = Math.min(kernel.rows(), tokens - j);
            int width = kernel.panelRows(present);
            Packing.columns(
                    own,
                    rowsAt + AttentionForward.score(kernel, 0, j),
                    MicroKernel.ROW_STRIDE,
                    present,
                    rows,
                    own,
                    columnsAt + j * block + row * width,
                    width);
        }
    }

    private void keyAndValueGradients(
            float[] own, long probability, int count, boolean add, long keys, long values, long stride) {
        for (int j = 0; j < tokens; j += kernel.rows()) {
            int present = Math.min(kernel.rows(), tokens - j);
            int width = kernel.panelRows(present);
            product(
                    own,
                    columnsAt + j * block,
                    width,
                    present,
                    queriesAt,
                    count,
                    scale,
                    add,
                    keys + j * stride,
                    stride);
            Packing.columns(probabilities, probability + j, tokens, present, count, own, panelAt, width);
            product(own, panelAt, width, present, outAt, count, 1f, add, values + j * stride, stride);
        }
    }

    private void product(
            float[] own,
            int panel,
            int panelRows,
            int rows,
            int right,
            int count,
            float factor,
            boolean add,
            long to,
            long stride) {
        for (int d = 0; d < size; d += kernel.columns()) {
            int columns = Math.min(kernel.columns(), size - d);
            kernel.multiply(
                    panelRows,
                    kernel.panelColumns(columns),
                    own,
                    panel,
                    own,
                    right + d * count,
                    count,
                    own,
                    tileAt,
                    kernel.columns());
            TileStore.storeScaled(own, tileAt, kernel.columns(), rows, columns, factor, add, dQkv, to + d, stride);
        }
    }
}
