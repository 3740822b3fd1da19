package beits.device;

import beits.kernel.ArgMaxRows;
import beits.kernel.CopyBlocks;
import beits.kernel.EmbedTokens;
import beits.kernel.EmbedTokensBackward;
import beits.kernel.GatherRows;
import beits.kernel.MeanTokens;
import beits.kernel.MeanTokensBackward;
import beits.kernel.OneHot;
import beits.kernel.ScatterRows;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Rows picked, put together, averaged and copied. */
final class TokenCases {
    /** Rows, picks, columns. */
    private static final int[][] PICKS = {{1, 1, 1}, {13, 7, 31}, {197, 75, 16}, {31, 31, 5}};
    /** Batch, patches, columns. */
    private static final int[][] STREAMS = {{1, 1, 1}, {3, 7, 13}, {2, 49, 32}, {5, 4, 1}};

    private TokenCases() {}

    static List<KernelCase> all() {
        List<KernelCase> cases = new ArrayList<>();
        for (int[] s : PICKS) {
            for (int count :
                    IntStream.of(-1, 0, (s[1] + 1) / 2, s[1]).distinct().toArray()) {
                String name = "%d of %d rows, %d columns, count %d".formatted(s[1], s[0], s[2], count);
                CaseData g = new CaseData("gather " + name);
                @Nullable Slot n = count < 0 ? null : g.integers(count);
                cases.add(g.of(new GatherRows(
                        g.activation(s[0], s[2]), g.integersBetween(0, s[0], s[1]), n, g.output(s[1], s[2]))));
                CaseData p = new CaseData("scatter " + name);
                @Nullable Slot pn = count < 0 ? null : p.integers(count);
                cases.add(p.of(
                        new ScatterRows(p.activation(s[1], s[2]), p.distinct(s[1], s[0]), pn, p.output(s[0], s[2]))));
            }
            CaseData a = new CaseData("argmax %dx%d".formatted(s[0], s[2]));
            cases.add(a.of(new ArgMaxRows(
                    a.values(Arena.ACTIVATIONS, u -> Math.rint(3 * u), s[0], s[2]), a.unset(Arena.INDEXES, s[0]))));
            CaseData o = new CaseData("one-hot %dx%d".formatted(s[0], s[2]));
            cases.add(o.of(new OneHot(o.integersBetween(0, s[2], s[0]), o.output(s[0], s[2]))));
        }
        for (int[] s : STREAMS) {
            for (int flags = 0; flags < 4; flags++) {
                boolean masked = (flags & 1) != 0;
                boolean positions = (flags & 2) != 0;
                cases.add(embed(s, masked, positions));
                cases.add(embedBackward(s, masked, positions, false));
                cases.add(embedBackward(s, masked, positions, true));
            }
            for (int first : new int[] {0, 1}) {
                String name = "%dx%dx%d from %d".formatted(s[0], s[1] + 1, s[2], first);
                CaseData d = new CaseData("mean " + name);
                cases.add(d.of(new MeanTokens(d.activation(s[0], s[1] + 1, s[2]), first, d.output(s[0], s[2]))));
                CaseData b = new CaseData("mean backward " + name);
                cases.add(
                        b.of(new MeanTokensBackward(b.activation(s[0], s[2]), first, b.output(s[0], s[1] + 1, s[2]))));
            }
        }
        for (boolean accumulate : new boolean[] {false, true}) {
            cases.add(copy("whole", new long[] {0, 31, 0, 31}, 7, 31, 217, 217, accumulate));
            cases.add(copy("slice", new long[] {3, 31, 1, 13}, 7, 11, 230, 101, accumulate));
            cases.add(copy("one element", new long[] {0, 1, 0, 1}, 1, 1, 1, 1, accumulate));
            cases.add(copy("nothing", new long[] {0, 1, 0, 1}, 0, 1, 5, 5, accumulate));
            cases.add(copy("repeated", new long[] {2, 0, 0, 19}, 5, 17, 19, 97, accumulate));
        }
        return cases;
    }

    private static KernelCase embed(int[] s, boolean masked, boolean withPositions) {
        CaseData d = new CaseData("embed %dx%dx%d%s%s"
                .formatted(s[0], s[1], s[2], masked ? " masked" : "", withPositions ? " positions" : ""));
        @Nullable Slot mask = masked ? d.integersBetween(0, 2, s[0], s[1]) : null;
        @Nullable Slot maskToken = masked ? d.parameter(s[2]) : null;
        @Nullable Slot positions = withPositions ? d.parameter(s[1] + 1, s[2]) : null;
        return d.of(new EmbedTokens(
                d.activation(s), mask, maskToken, d.parameter(s[2]), positions, d.output(s[0], s[1] + 1, s[2])));
    }

    private static KernelCase embedBackward(int[] s, boolean masked, boolean withPositions, boolean accumulate) {
        CaseData d = new CaseData("embed backward %dx%dx%d%s%s%s"
                .formatted(
                        s[0],
                        s[1],
                        s[2],
                        masked ? " masked" : "",
                        withPositions ? " positions" : "",
                        accumulate ? " accumulate" : ""));
        @Nullable Slot mask = masked ? d.integersBetween(0, 2, s[0], s[1]) : null;
        @Nullable Slot dMaskToken = masked ? d.gradient(accumulate, s[2]) : null;
        @Nullable Slot dPositions = withPositions ? d.gradient(accumulate, s[1] + 1, s[2]) : null;
        return d.of(new EmbedTokensBackward(
                d.activation(s[0], s[1] + 1, s[2]),
                mask,
                d.output(s),
                dMaskToken,
                d.gradient(accumulate, s[2]),
                dPositions,
                accumulate));
    }

    /** @param places first and stride of the source, first and stride of the target */
    private static KernelCase copy(
            String name, long[] places, int blocks, int length, int source, int target, boolean accumulate) {
        CaseData d = new CaseData("copy " + name + (accumulate ? " accumulate" : ""));
        return d.of(new CopyBlocks(
                d.activation(source),
                places[0],
                places[1],
                d.activation(target),
                places[2],
                places[3],
                blocks,
                length,
                accumulate));
    }
}
