package beits.cli;

import beits.benchmark.BenchmarkModel;
import beits.benchmark.StepBenchmark;
import beits.device.Device;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code beits benchmark}. */
@Command(
        name = "benchmark",
        mixinStandardHelpOptions = true,
        description = "Measures speed.",
        subcommands = {BenchmarkCommand.Step.class, TokenizerBenchmarkCommand.class, DataBenchmarkCommand.class})
final class BenchmarkCommand {
    private BenchmarkCommand() {}

    /** {@code beits benchmark step}. */
    @Command(
            name = "step",
            mixinStandardHelpOptions = true,
            description = "Times a whole training step of masked image modelling and says where the time goes.")
    static final class Step implements Callable<Integer> {
        @Mixin
        private CommonOptions common = new CommonOptions();

        @Option(
                names = "--model",
                defaultValue = "base",
                description = "tiny, base or large (default: ${DEFAULT-VALUE})")
        private String model = "base";

        @Option(names = "--batch", defaultValue = "4", description = "pictures a step (default: ${DEFAULT-VALUE})")
        private int batch = 4;

        @Option(
                names = "--warmup",
                defaultValue = "2",
                description = "steps before the clock starts (default: ${DEFAULT-VALUE})")
        private int warmup = 2;

        @Option(
                names = "--repeats",
                defaultValue = "5",
                description = "steps that are timed (default: ${DEFAULT-VALUE})")
        private int repeats = 5;

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            if (batch < 1 || warmup < 0 || repeats < 1) {
                throw new UserException("--batch and --repeats must be at least 1, --warmup at least 0");
            }
            BenchmarkModel chosen = BenchmarkModel.of(model);
            PrintWriter out = Streams.out(spec);
            try (Device device = common.open()) {
                StepBenchmark.Result r = StepBenchmark.run(device, chosen, batch, warmup, repeats);
                out.print(String.format(
                        Locale.ROOT,
                        """
                        device      %s, %s
                        model       %s, %,d parameters, batch %d
                        step        %.1f ms median, %.1f to %.1f ms in the middle half of %d steps (first %.1f ms, compiling %.2f s)
                        speed       %.2f images/s, %.1f GFLOP/s of %.1f GFLOP a step
                        memory      %.2f GB

                        %s""",
                        device.description().name(),
                        device.description().kind(),
                        r.model(),
                        r.parameters(),
                        r.batch(),
                        r.timing().median() * 1e3,
                        r.timing().quantile(0.25) * 1e3,
                        r.timing().quantile(0.75) * 1e3,
                        repeats,
                        r.firstStepSeconds() * 1e3,
                        r.compileSeconds(),
                        r.imagesPerSecond(),
                        r.flops() / r.timing().median() / 1e9,
                        r.flops() / 1e9,
                        r.memory() / 1e9,
                        r.profile().table()));
            }
            return 0;
        }
    }
}
