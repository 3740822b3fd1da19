package beits.device.reference;

import beits.kernel.ArgMaxRows;
import beits.kernel.CopyBlocks;
import beits.kernel.EmbedTokens;
import beits.kernel.EmbedTokensBackward;
import beits.kernel.GatherRows;
import beits.kernel.MeanTokens;
import beits.kernel.MeanTokensBackward;
import beits.kernel.OneHot;
import beits.kernel.ScatterRows;
import org.jspecify.annotations.Nullable;

/** Rows picked, put together, averaged and copied. */
final class Tokens {
    private Tokens() {}

    static void gatherRows(GatherRows k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Ints index = memory.ints(k.index());
        Doubles out = memory.floats(k.out());
        int columns = k.x().shape().columns();
        int n = k.count() == null ? index.size() : memory.ints(k.count()).index(0, index.size() + 1);
        out.fill(0);
        for (int m = 0; m < n; m++) {
            int row = index.index(m, k.x().shape().rows());
            for (int c = 0; c < columns; c++) {
                out.set(m * columns + c, x.get(row * columns + c));
            }
        }
    }

    static void scatterRows(ScatterRows k, Memory memory) {
        Doubles dy = memory.floats(k.dy());
        Ints index = memory.ints(k.index());
        Doubles dx = memory.floats(k.dx());
        int columns = k.dx().shape().columns();
        int n = k.count() == null ? index.size() : memory.ints(k.count()).index(0, index.size() + 1);
        dx.fill(0);
        for (int m = 0; m < n; m++) {
            int row = index.index(m, k.dx().shape().rows());
            for (int c = 0; c < columns; c++) {
                dx.set(row * columns + c, dy.get(m * columns + c));
            }
        }
    }

    static void embedTokens(EmbedTokens k, Memory memory) {
        Doubles patches = memory.floats(k.patches());
        @Nullable Ints mask = memory.intsOrNone(k.mask());
        @Nullable Doubles maskToken = memory.floatsOrNone(k.maskToken());
        Doubles classToken = memory.floats(k.classToken());
        @Nullable Doubles positions = memory.floatsOrNone(k.positions());
        Doubles out = memory.floats(k.out());
        int count = k.patches().shape().extent(1);
        int columns = k.patches().shape().columns();
        for (int b = 0; b < k.patches().shape().extent(0); b++) {
            for (int n = 0; n <= count; n++) {
                for (int c = 0; c < columns; c++) {
                    int patch = b * count + n - 1;
                    double value;
                    if (n == 0) {
                        value = classToken.get(c);
                    } else if (mask != null && maskToken != null && mask.get(patch) != 0) {
                        value = maskToken.get(c);
                    } else {
                        value = patches.get(patch * columns + c);
                    }
                    double position = positions == null ? 0 : positions.get(n * columns + c);
                    out.set((b * (count + 1) + n) * columns + c, value + position);
                }
            }
        }
    }

    static void embedTokensBackward(EmbedTokensBackward k, Memory memory) {
        Doubles dOut = memory.floats(k.dOut());
        @Nullable Ints mask = memory.intsOrNone(k.mask());
        Doubles dPatches = memory.floats(k.dPatches());
        int count = k.dPatches().shape().extent(1);
        int columns = k.dPatches().shape().columns();
        double[] dMaskToken = new double[columns];
        double[] dClassToken = new double[columns];
        double[] dPositions = new double[(count + 1) * columns];
        for (int b = 0; b < k.dPatches().shape().extent(0); b++) {
            for (int n = 0; n <= count; n++) {
                int patch = b * count + n - 1;
                boolean masked = n > 0 && mask != null && mask.get(patch) != 0;
                for (int c = 0; c < columns; c++) {
                    double gradient = dOut.get((b * (count + 1) + n) * columns + c);
                    dPositions[n * columns + c] += gradient;
                    if (n == 0) {
                        dClassToken[c] += gradient;
                    } else {
                        dPatches.set(patch * columns + c, masked ? 0 : gradient);
                        dMaskToken[c] += masked ? gradient : 0;
                    }
                }
            }
        }
        memory.floats(k.dClassToken()).store(dClassToken, k.accumulate());
        if (k.dMaskToken() != null) {
            memory.floats(k.dMaskToken()).store(dMaskToken, k.accumulate());
        }
        if (k.dPositions() != null) {
            memory.floats(k.dPositions()).store(dPositions, k.accumulate());
        }
    }

    static void meanTokens(MeanTokens k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Doubles out = memory.floats(k.out());
        int tokens = k.x().shape().extent(1);
        int columns = k.x().shape().columns();
        for (int b = 0; b < k.x().shape().extent(0); b++) {
            for (int c = 0; c < columns; c++) {
                double sum = 0;
                for (int n = k.first(); n < tokens; n++) {
                    sum += x.get((b * tokens + n) * columns + c);
                }
                out.set(b * columns + c, sum / (tokens - k.first()));
            }
        }
    }

    static void meanTokensBackward(MeanTokensBackward k, Memory memory) {
        Doubles dOut = memory.floats(k.dOut());
        Doubles dx = memory.floats(k.dx());
        int tokens = k.dx().shape().extent(1);
        int columns = k.dx().shape().columns();
        for (int b = 0; b < k.dx().shape().extent(0); b++) {
            for (int n = 0; n < tokens; n++) {
                for (int c = 0; c < columns; c++) {
                    double value = n >= k.first() ? dOut.get(b * columns + c) / (tokens - k.first()) : 0;
                    dx.set((b * tokens + n) * columns + c, value);
                }
            }
        }
    }

    static void copyBlocks(CopyBlocks k, Memory memory) {
        Doubles source = memory.floats(k.source());
        Doubles target = memory.floats(k.target());
        for (int i = 0; i < k.blocks(); i++) {
            for (int j = 0; j < k.length(); j++) {
                int from = (int) (k.sourceFirst() + i * k.sourceStride() + j);
                int to = (int) (k.targetFirst() + i * k.targetStride() + j);
                target.set(to, k.accumulate() ? target.get(to) + source.get(from) : source.get(from));
            }
        }
    }

    static void argMaxRows(ArgMaxRows k, Memory memory) {
        Doubles x = memory.floats(k.x());
        Ints index = memory.ints(k.index());
        for (int r = 0; r < index.size(); r++) {
            index.set(r, argMax(x, r, k.x().shape().columns()));
        }
    }

    /** The first column of the largest value of a row. */
    static int argMax(Doubles x, int row, int columns) {
        int best = 0;
        for (int c = 1; c < columns; c++) {
            if (x.get(row * columns + c) > x.get(row * columns + best)) {
                best = c;
            }
        }
        return best;
    }

    static void oneHot(OneHot k, Memory memory) {
        Ints index = memory.ints(k.index());
        Doubles y = memory.floats(k.y());
        int columns = k.y().shape().columns();
        for (int r = 0; r < index.size(); r++) {
            for (int c = 0; c < columns; c++) {
                y.set(r * columns + c, c == index.get(r) ? 1 : 0);
            }
        }
    }
}
