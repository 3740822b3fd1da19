package beits.device;

import beits.kernel.Kernel;
import java.util.List;
import java.util.stream.Stream;

/** Every kernel on awkward sizes and with every optional operand, with data that are the same every time. */
public final class KernelCases {
    private KernelCases() {}

    /** All cases, at least one a kernel. */
    public static List<KernelCase> all() {
        return Stream.of(
                        LinearAlgebraCases.all(),
                        AttentionCases.all(),
                        NormalisationCases.all(),
                        ElementwiseCases.all(),
                        LossCases.all(),
                        TokenCases.all(),
                        SpatialCases.all(),
                        OptimiserCases.all())
                .flatMap(List::stream)
                .toList();
    }

    /** The cases of one kernel. */
    public static List<KernelCase> of(Class<? extends Kernel> kernel) {
        return all().stream().filter(c -> kernel.isInstance(c.kernel())).toList();
    }
}
