package beits.device.cpu;

import beits.kernel.Attention;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
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
                float max = scaleAndBias(own, r, biasRow);
                float sum = exponentials(own, r, max);
                normalise(own, r, 1f / sum, ((long) piece * tokens + i + r) * tokens);
            }
            weightValues(own, panelRows, rows, ((long) picture * tokens + i) * heads * size + (long) head * size);
        }
    }

    /** Place of the score of (row, key) in the stretches [stretch][row][key]. */
    static int score(MicroKernel kernel, int row, int key) {
        return (key / STRETCH * kernel.rows() + row) * MicroKernel.ROW_STRIDE + key % STRETCH;
    }

    private float scaleAndBias(float[] own, int row, long biasRow) {
        FloatVector max = Lanes.all(Float.NEGATIVE_INFINITY);
        FloatVector factor = Lanes.all(scale);
        for (int from = 0; from < tokens; from += STRETCH) {
            int count = Math.min(STRETCH, tokens - from);
            int at = scoresAt + score(kernel, row, from);
            int whole = Lanes.whole(count);
            for (int j = 0; j < whole; j += Lanes.COUNT) {
                FloatVector s = Lanes.load(own, at + j).mul(factor);
                if (bias != null) {
                    s = s.add(Lanes.load(bias, biasRow + from + j));
                }
                s.intoArray(own, at + j);
                max = Lanes.larger(max, s);
            }
            if (whole < count) {
                VectorMask<Float> rest = Lanes.first(count - whole);
                FloatVector s = Lanes.load(own, at + whole).mul(factor);
                if (bias != null) {
                    s = s.add(Lanes.load(bias, biasRow + from + whole, rest));
                }
                s.intoArray(own, at + whole);
                max = max.lanewise(VectorOperators.MAX, s, rest);
            }
        }
        return Lanes.max(max);
    }

    private float exponentials(float[] own, int row, float max) {
        FloatVector sum = Lanes.zero();
        for (int from = 0; from < tokens; from += STRETCH) {
            int count = Math.min(STRETCH, tokens - from);
            int at = scoresAt + score(kernel, row, from);
            int whole = Lanes.whole(count);
            for (int j = 0; j < whole; j += Lanes.COUNT) {
                FloatVector e = VectorMath.exp(Lanes.load(own, at + j).sub(max));
                e.intoArray(own, at + j);
                sum = sum.add(e);
            }
            if (whole < count) {
                FloatVector e = VectorMath.exp(Lanes.load(own, at + whole).sub(max));
                e.intoArray(own, at + whole);
                sum = sum.add(e, Lanes.first(count - whole));
            }
        }
        return Lanes.sum(sum);
    }

    private void normalise(float[] own, int row, float factor, long probabilityRow) {
        for (int from = 0; from < tokens; from += STRETCH) {
            int count = Math.min(STRETCH, tokens - from);
            int at = scoresAt + score(kernel, row, from);
            for (int j = 0; j < count; j += Lanes.COUNT) {
                Lanes.load(own, at + j).mul(factor).intoArray(own, at + j);
            }
            if (probabilities != null) {
                TileStore.store(own, at, 0, 1, count, probabilities, probabilityRow + from, 0);
            }
        }
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
