package beits.device;

import beits.kernel.Attention;
import beits.kernel.AttentionBackward;
import beits.kernel.RelativePositionBias;
import beits.kernel.RelativePositionBiasBackward;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Attention and its relative position bias. */
final class AttentionCases {
    /** Batch, tokens, heads, width of a head. */
    private static final int[][] SIZES = {{1, 1, 1, 1}, {2, 7, 3, 5}, {3, 17, 2, 16}, {1, 197, 1, 64}, {2, 50, 2, 31}};

    private static final int[][] GRIDS = {{1, 1, 1}, {2, 3, 1}, {4, 3, 5}, {7, 7, 3}, {14, 14, 2}};

    private AttentionCases() {}

    static List<KernelCase> all() {
        List<KernelCase> cases = new ArrayList<>();
        for (int[] s : SIZES) {
            for (int options = 0; options < 4; options++) {
                cases.add(forward(s, (options & 1) != 0, (options & 2) != 0));
            }
            cases.add(backward(s, false, false));
            cases.add(backward(s, true, false));
            cases.add(backward(s, true, true));
        }
        for (int[] g : GRIDS) {
            int rows = (2 * g[0] - 1) * (2 * g[1] - 1) + 3;
            int tokens = g[0] * g[1] + 1;
            String name = "grid %dx%d heads %d".formatted(g[0], g[1], g[2]);
            CaseData d = new CaseData(name);
            cases.add(d.of(
                    new RelativePositionBias(d.parameter(rows, g[2]), d.output(g[2], tokens, tokens), g[0], g[1])));
            for (boolean accumulate : new boolean[] {false, true}) {
                CaseData b = new CaseData(name + " backward" + (accumulate ? " accumulate" : ""));
                cases.add(b.of(new RelativePositionBiasBackward(
                        b.activation(g[2], tokens, tokens),
                        b.gradient(accumulate, rows, g[2]),
                        g[0],
                        g[1],
                        accumulate)));
            }
        }
        return cases;
    }

    private static KernelCase forward(int[] s, boolean withBias, boolean keep) {
        CaseData d = new CaseData("batch %d tokens %d heads %d size %d%s%s"
                .formatted(s[0], s[1], s[2], s[3], withBias ? " bias" : "", keep ? " kept" : ""));
        @Nullable Slot bias = withBias ? d.values(Arena.ACTIVATIONS, u -> 3 * u, s[2], s[1], s[1]) : null;
        @Nullable Slot probabilities = keep ? d.output(s[0], s[2], s[1], s[1]) : null;
        return d.of(new Attention(
                d.values(Arena.ACTIVATIONS, u -> 2 * u, s[0], s[1], 3, s[2], s[3]),
                bias,
                probabilities,
                d.output(s[0], s[1], s[2], s[3]),
                1 / Math.sqrt(s[3])));
    }

    private static KernelCase backward(int[] s, boolean withBias, boolean accumulate) {
        CaseData d = new CaseData("backward batch %d tokens %d heads %d size %d%s%s"
                .formatted(s[0], s[1], s[2], s[3], withBias ? " bias" : "", accumulate ? " accumulate" : ""));
        @Nullable Slot dBias = null;
        if (withBias) {
            dBias = accumulate ? d.activation(s[2], s[1], s[1]) : d.output(s[2], s[1], s[1]);
        }
        return d.of(new AttentionBackward(
                d.activation(s[0], s[1], 3, s[2], s[3]),
                d.values(Arena.ACTIVATIONS, u -> (1 + u) / s[1], s[0], s[2], s[1], s[1]),
                d.activation(s[0], s[1], s[2], s[3]),
                d.output(s[0], s[1], 3, s[2], s[3]),
                dBias,
                1 / Math.sqrt(s[3]),
                accumulate));
    }
}
