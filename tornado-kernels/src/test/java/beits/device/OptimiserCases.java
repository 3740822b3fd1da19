package beits.device;

import beits.kernel.AdamW;
import beits.kernel.GradientNorm;
import beits.kernel.MovingAverage;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a training step does to the parameters. */
final class OptimiserCases {
    private static final int[] SIZES = {1, 7, 16, 197, 5003};

    private OptimiserCases() {}

    static List<KernelCase> all() {
        List<KernelCase> cases = new ArrayList<>();
        for (int size : SIZES) {
            CaseData n = new CaseData("gradient norm " + size);
            cases.add(n.of(new GradientNorm(n.values(Arena.GRADIENTS, size), n.output(1))));
            CaseData a = new CaseData("moving average " + size);
            cases.add(a.of(new MovingAverage(a.parameter(size), a.values(Arena.AVERAGE, size), 0.99)));
            cases.add(adamW(size, 0, List.of(new AdamW.Slice(0, size, 1, true))));
            cases.add(adamW(size, 100, List.of(new AdamW.Slice(0, size, 0.65, false))));
            cases.add(adamW(size, 0.01, List.of(new AdamW.Slice(0, size, 0.1, true))));
        }
        cases.add(adamW(
                211,
                0.5,
                List.of(
                        new AdamW.Slice(0, 13, 1, true),
                        new AdamW.Slice(16, 1, 0.5, false),
                        new AdamW.Slice(32, 97, 0.25, true),
                        new AdamW.Slice(176, 35, 0.75, false))));
        cases.add(adamW(64, 1, List.of()));
        return cases;
    }

    /** @param maxNorm largest norm, or 0 for no clipping */
    private static KernelCase adamW(int size, double maxNorm, List<AdamW.Slice> slices) {
        CaseData d = new CaseData("AdamW %d clip %s slices %d".formatted(size, maxNorm, slices.size()));
        Slot rates = d.unset(Arena.INPUTS, 4);
        double[] step = {1e-2, 0.05, 1 - Math.pow(0.9, 3), 1 - Math.pow(0.999, 3)};
        int[] next = {0};
        d.fill(rates, u -> step[next[0]++]);
        @Nullable Slot norm = maxNorm > 0 ? d.values(Arena.ACTIVATIONS, u -> 2 + u, 1) : null;
        return d.of(new AdamW(
                d.parameter(size),
                d.values(Arena.GRADIENTS, size),
                d.values(Arena.MOMENT1, u -> 0.1 * u, size),
                d.values(Arena.MOMENT2, u -> 0.05 + 0.04 * u, size),
                rates,
                norm,
                maxNorm,
                0.9,
                0.999,
                1e-8,
                slices));
    }
}
