package beits.cli;

import beits.benchmark.PeerWork;
import beits.benchmark.TokenizerWorkload;
import beits.benchmark.TrainingWorkload;
import beits.tokenizer.DallEConfig;
import beits.tokenizer.DiscreteVaeConfig;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code beits benchmark tokenizer}. */
@Command(
        name = "tokenizer",
        mixinStandardHelpOptions = true,
        description =
                "Times a tokenizer with random weights: pictures to tokens, tokens to pictures, or a training step.")
final class TokenizerBenchmarkCommand implements Callable<Integer> {
    /** The demo's dVAE. */
    private static final DiscreteVaeConfig TINY = new DiscreteVaeConfig(28, 1, 256, 32, 2, 24, 1);

    private enum Work {
        ENCODE,
        DECODE,
        TRAIN
    }

    @Mixin
    private TimedOptions timed = new TimedOptions();

    @Option(
            names = "--model",
            defaultValue = "dvae",
            description =
                    "dvae: the official shape, 112x112 pixels, 8192 words; tiny: the demo's, 28x28 pixels, 256 words;"
                            + " dall-e: the published one, 112x112 pixels, 8192 words (default: ${DEFAULT-VALUE})")
    private String model = "dvae";

    @Option(
            names = "--work",
            defaultValue = "encode",
            description = "encode, decode or train, the last not for dall-e (default: ${DEFAULT-VALUE})")
    private Work work = Work.ENCODE;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        String name = model + ", " + work.name().toLowerCase(Locale.ROOT);
        return switch (model) {
            case "dvae" -> discreteVae(name, DiscreteVaeConfig.OFFICIAL);
            case "tiny" -> discreteVae(name, TINY);
            case "dall-e" -> dallE(name, DallEConfig.FULL);
            default -> throw new UserException("--model " + model + ": unknown; use dvae, tiny or dall-e");
        };
    }

    private int discreteVae(String name, DiscreteVaeConfig config) throws IOException {
        int batch = timed.batch;
        return switch (work) {
            case TRAIN ->
                timed.run(
                        spec,
                        name,
                        PeerWork.discreteVae(config, true, batch),
                        device -> TrainingWorkload.discreteVae(device, config, batch));
            case ENCODE ->
                timed.run(
                        spec,
                        name,
                        PeerWork.discreteVae(config, false, batch),
                        device -> TokenizerWorkload.discreteVae(device, config, batch, true));
            case DECODE ->
                timed.run(spec, name, null, device -> TokenizerWorkload.discreteVae(device, config, batch, false));
        };
    }

    private int dallE(String name, DallEConfig config) throws IOException {
        int batch = timed.batch;
        return switch (work) {
            case TRAIN -> throw new UserException("--work train: dall-e is not trained here; use --model dvae or tiny");
            case ENCODE ->
                timed.run(
                        spec,
                        name,
                        PeerWork.encode(config, batch),
                        device -> TokenizerWorkload.dallE(device, config, batch, true));
            case DECODE -> timed.run(spec, name, null, device -> TokenizerWorkload.dallE(device, config, batch, false));
        };
    }
}
