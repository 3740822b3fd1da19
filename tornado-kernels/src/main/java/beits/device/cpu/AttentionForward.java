package beits.device.cpu;

import beits.kernel.Attention;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
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
        int stretches = (tokens + STRETCH - 1) / STRETCH;
        this.tileAt = scoresAt + stretches * kernel.rows() * MicroKernel.ROW_STRIDE;
        scratch.reserveOwn(tileAt + (long) kernel.rows() * kernel.columns());
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
            for (int r = 0; r < rows; r++) {
                long biasRow = ((long) head * tokens + i + r) * tokens;
                softmax(own, r, biasRow, ((long) piece * tokens + i + r) * tokens);
            }
            weightValues(own, panelRows, rows, ((long) picture * tokens + i) * heads * size + (long) head * size);
        }
    }

    /** Place of the score of (row, key) in the stretches [stretch][row][key]. */
    static int score(MicroKernel kernel, int row, int key) {
        return (key / STRETCH * kernel.rows() + row) * MicroKernel.ROW_STRIDE + key % STRETCH;
    }

    /** Softmax of a row of scores, stretch by stretch. */
    private void softmax(float[] own, int row, long biasRow, long probabilityRow) {
        float max = Float.NEGATIVE_INFINITY;
        for (int from = 0; from < tokens; from += STRETCH) {
            int at = scoresAt + score(kernel, row, from);
            int count = Math.min(STRETCH, tokens - from);
            max = Math.max(
                    max,
                    bias == null
                            ? scaled(own, at, count, scale)
                            : scaledAndBiased(own, at, count, scale, bias, biasRow + from));
        }
        float sum = 0;
        for (int from = 0; from < tokens; from += STRETCH) {
            int at = scoresAt + score(kernel, row, from);
            sum += exponentials(own, at, Math.min(STRETCH, tokens - from), max);
        }
        for (int from = 0; from < tokens; from += STRETCH) {
            int at = scoresAt + score(kernel, row, from);
            int count = Math.min(STRETCH, tokens - from);
            scaled(own, at, count, 1f / sum);
            if (probabilities != null) {
                TileStore.store(own, at, 0, 1, count, probabilities, probabilityRow + from, 0);
            }
        }
    }

    /** {@code s = scale · s}; the largest. */
    private static float scaled(float[] s, int at, int count, float scale) {
        int whole = Lanes.whole(count);
        FloatVector max = Lanes.all(Float.NEGATIVE_INFINITY);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            FloatVector v = Lanes.load(s, at + j).mul(scale);
            v.intoArray(s, at + j);
            max = Lanes.larger(max, v);
        }
        float largest = Lanes.max(max);
        for (int j = whole; j < count; j++) {
            s[at + j] *= scale;
            largest = Math.max(largest, s[at + j]);
        }
        return largest;
    }

    /** {@code s = scale · s + bias}; the largest. */
    private static float scaledAndBiased(float[] s, int at, int count, float scale, MemorySegment bias, long biasAt) {
        int whole = Lanes.whole(count);
        FloatVector max = Lanes.all(Float.NEGATIVE_INFINITY);
        for (int j = 0; j < whole; j += Lanes.COUNT) {
            FloatVector v = Lanes.load(s, at + j).mul(scale).add(Lanes.load(bias, biasAt + j));
            v.intoArray(s, at + j);
            max = Lanes.larger(max, v);
        }
        float largest = Lanes.max(max);
        for (int j = whole; j < count; j++) {
            s[at + j] = s[at + j] * scale + Lanes.get(bias, biasAt + j);
            largest = Math.max(largest, s[at + j]);
        }
        return largest;
    }

    /**
     * {@code s = exp(s − max)}; the sum. What lies between the end of the row and the end of its last vector is set to the least
     * value first, so that no mask is needed.
     */
    private static float exponentials(float[] s, int at, int count, float max) {
        int end = Pieces.ceil(count, Lanes.COUNT) * Lanes.COUNT;
        for (int j = count; j < end; j++) {
            s[at + j] = Float.NEGATIVE_INFINITY;
        }
        FloatVector sum = Lanes.zero();
        for (int j = 0; j < end; j += Lanes.COUNT) {
            FloatVector e = VectorMath.exp(Lanes.load(s, at + j).sub(max));
            e.intoArray(s, at + j);
            sum = sum.add(e);
        }
        return Lanes.sum(sum);
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
                TileStore.storeScaled(
                        own, tileAt, kernel.columns(), rows, columns, 1f, from > 0, out, to + d, (long) heads * size);
            }
        }
    }
}
