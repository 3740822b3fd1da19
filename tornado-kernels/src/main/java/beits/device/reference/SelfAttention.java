package beits.device.reference;

import beits.kernel.Attention;
import beits.kernel.AttentionBackward;
import beits.kernel.RelativePositionBias;
import beits.kernel.RelativePositionBiasBackward;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Attention and its relative position bias. */
final class SelfAttention {
    private static final int QUERY = 0;
    private static final int KEY = 1;
    private static final int VALUE = 2;

    private SelfAttention() {}

    /** Where one (picture, head) lies in qkv [batch, tokens, 3, heads, headSize] and in out [batch, tokens, heads, headSize]. */
    private record Head(int picture, int head, int tokens, int heads, int headSize) {
        int qkv(int which, int token) {
            return (((picture * tokens + token) * 3 + which) * heads + head) * headSize;
        }

        int out(int token) {
            return ((picture * tokens + token) * heads + head) * headSize;
        }

        int probabilities(int query) {
            return ((picture * heads + head) * tokens + query) * tokens;
        }

        int bias(int query) {
            return (head * tokens + query) * tokens;
        }
    }

    static void attention(Attention k, Memory memory) {
        Doubles qkv = memory.floats(k.qkv());
        @Nullable Doubles bias = memory.floatsOrNone(k.bias());
        @Nullable Doubles probabilities = memory.floatsOrNone(k.probabilities());
        Doubles out = memory.floats(k.out());
        IntStream.range(0, k.batch() * k.heads()).parallel().forEach(bh -> {
            Head at = new Head(bh / k.heads(), bh % k.heads(), k.tokens(), k.heads(), k.headSize());
            double[] p = new double[k.tokens()];
            for (int i = 0; i < k.tokens(); i++) {
                for (int j = 0; j < k.tokens(); j++) {
                    double score = bias == null ? 0 : bias.get(at.bias(i) + j);
                    for (int d = 0; d < k.headSize(); d++) {
                        score += k.scale() * qkv.get(at.qkv(QUERY, i) + d) * qkv.get(at.qkv(KEY, j) + d);
                    }
                    p[j] = score;
                }
                Losses.softmax(p);
                if (probabilities != null) {
                    for (int j = 0; j < k.tokens(); j++) {
                        probabilities.set(at.probabilities(i) + j, p[j]);
                    }
                }
                for (int d = 0; d < k.headSize(); d++) {
                    double sum = 0;
                    for (int j = 0; j < k.tokens(); j++) {
                        sum += p[j] * qkv.get(at.qkv(VALUE, j) + d);
                    }
                    out.set(at.out(i) + d, sum);
                }
            }
        });
    }

    static void attentionBackward(AttentionBackward k, Memory memory) {
        Doubles qkv = memory.floats(k.qkv());
        Doubles probabilities = memory.floats(k.probabilities());
        Doubles dOut = memory.floats(k.dOut());
        Doubles dQkv = memory.floats(k.dQkv());
        @Nullable Doubles dBias = memory.floatsOrNone(k.dBias());
        dQkv.fill(0);
        if (dBias != null && !k.accumulateBias()) {
            dBias.fill(0);
        }
        // Heads share nothing; the pictures of a head come one after another because they add to the same dBias.
        IntStream.range(0, k.heads()).parallel().forEach(h -> {
            double[] ds = new double[k.tokens()];
            for (int b = 0; b < k.batch(); b++) {
                Head at = new Head(b, h, k.tokens(), k.heads(), k.headSize());
                for (int i = 0; i < k.tokens(); i++) {
                    double weighted = 0;
                    for (int j = 0; j < k.tokens(); j++) {
                        double p = probabilities.get(at.probabilities(i) + j);
                        double dp = 0;
                        for (int d = 0; d < k.headSize(); d++) {
                            dp += dOut.get(at.out(i) + d) * qkv.get(at.qkv(VALUE, j) + d);
                            dQkv.add(at.qkv(VALUE, j) + d, p * dOut.get(at.out(i) + d));
                        }
                        ds[j] = dp;
                        weighted += p * dp;
                    }
                    for (int j = 0; j < k.tokens(); j++) {
                        ds[j] = probabilities.get(at.probabilities(i) + j) * (ds[j] - weighted);
                        for (int d = 0; d < k.headSize(); d++) {
                            dQkv.add(at.qkv(QUERY, i) + d, k.scale() * ds[j] * qkv.get(at.qkv(KEY, j) + d));
                            dQkv.add(at.qkv(KEY, j) + d, k.scale() * ds[j] * qkv.get(at.qkv(QUERY, i) + d));
                        }
                        if (dBias != null) {
                            dBias.add(at.bias(i) + j, ds[j]);
                        }
                    }
                }
            }
        });
    }

    static void relativePositionBias(RelativePositionBias k, Memory memory) {
        Doubles table = memory.floats(k.table());
        Doubles bias = memory.floats(k.bias());
        int heads = k.table().shape().columns();
        int tokens = k.bias().shape().columns();
        for (int h = 0; h < heads; h++) {
            for (int i = 0; i < tokens; i++) {
                for (int j = 0; j < tokens; j++) {
                    int row = tableRow(i, j, k.gridHeight(), k.gridWidth());
                    bias.set((h * tokens + i) * tokens + j, table.get(row * heads + h));
                }
            }
        }
    }

    static void relativePositionBiasBackward(RelativePositionBiasBackward k, Memory memory) {
        Doubles dBias = memory.floats(k.dBias());
        Doubles dTable = memory.floats(k.dTable());
        int heads = k.dTable().shape().columns();
        int tokens = k.dBias().shape().columns();
        double[] sums = new double[dTable.size()];
        for (int h = 0; h < heads; h++) {
            for (int i = 0; i < tokens; i++) {
                for (int j = 0; j < tokens; j++) {
                    int row = tableRow(i, j, k.gridHeight(), k.gridWidth());
                    sums[row * heads + h] += dBias.get((h * tokens + i) * tokens + j);
                }
            }
        }
        dTable.store(sums, k.accumulate());
    }

    /** The row of the table for query i and key j; token 0 is the class token. */
    private static int tableRow(int i, int j, int gridHeight, int gridWidth) {
        int rows = (2 * gridHeight - 1) * (2 * gridWidth - 1) + 3;
        if (i == 0) {
            return j == 0 ? rows - 1 : rows - 3;
        }
        if (j == 0) {
            return rows - 2;
        }
        int dy = (i - 1) / gridWidth - (j - 1) / gridWidth;
        int dx = (i - 1) % gridWidth - (j - 1) % gridWidth;
        return (dy + gridHeight - 1) * (2 * gridWidth - 1) + dx + gridWidth - 1;
    }
}
