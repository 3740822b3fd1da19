package beits.cli;

import beits.benchmark.BenchmarkModel;
import beits.benchmark.InferBenchmark;
import beits.benchmark.PeerWork;
import beits.benchmark.TrainingWorkload;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code beits benchmark}. */
@Command(name = "benchmark", mixinStandardHelpOptions = true, description = "Measures speed.")
final class BenchmarkCommand {
    /** What is measured, each by a command of its own. */
    static final List<Class<?>> COMMANDS = List.of(
            Step.class,
            Infer.class,
            TokenizerBenchmarkCommand.class,
            KernelBenchmarkCommand.class,
            StartBenchmarkCommand.class,
            TableBenchmarkCommand.class,
            DataBenchmarkCommand.class);

    private BenchmarkCommand() {}

    /** {@code beits benchmark step}. */
    @Command(
            name = "step",
            mixinStandardHelpOptions = true,
            description = "Times a whole training step of masked image modelling and says where the time goes.")
    static final class Step implements Callable<Integer> {
        @Mixin
        private TimedOptions timed = new TimedOptions();

        @Mixin
        private ModelOption model = new ModelOption();

        @Option(
                names = "--recompute",
                description = "compute the blocks' activations again in the backward pass instead of keeping them")
        private boolean recompute;

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            BenchmarkModel chosen = model.chosen();
            return timed.run(
                    spec,
                    chosen.name(),
                    PeerWork.step(chosen, timed.batch),
                    device -> TrainingWorkload.mim(device, chosen, timed.batch, recompute));
        }
    }

    /** {@code beits benchmark infer}. */
    @Command(
            name = "infer",
            mixinStandardHelpOptions = true,
            description = "Times classification by a fine-tuned model and says where the time goes.")
    static final class Infer implements Callable<Integer> {
        @Mixin
        private TimedOptions timed = new TimedOptions();

        @Mixin
        private ModelOption model = new ModelOption();

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            BenchmarkModel chosen = model.chosen();
            return timed.run(
                    spec,
                    chosen.name(),
                    PeerWork.infer(chosen, timed.batch),
                    device -> new InferBenchmark(device, chosen, timed.batch));
        }
    }

    /** Which BEiT. */
    static final class ModelOption {
        @Option(
                names = "--model",
                defaultValue = "base",
                description = "tiny, base or large (default: ${DEFAULT-VALUE})")
        private String model = "base";

        @Option(names = "--depth", paramLabel = "N", description = "blocks (default: as many as the model has)")
        private @Nullable Integer depth;

        BenchmarkModel chosen() {
            BenchmarkModel named = BenchmarkModel.of(model);
            if (depth == null) {
                return named;
            }
            if (depth < 1) {
                throw new UserException("--depth " + depth + ": must be at least 1");
            }
            return named.withDepth(depth);
        }
    }
}
