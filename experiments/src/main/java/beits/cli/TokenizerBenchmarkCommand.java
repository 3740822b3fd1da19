package beits.cli;

import beits.benchmark.TokenizerBenchmark;
import beits.device.Device;
import beits.tokenizer.DallEConfig;
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
        description = "Times DALL-E's tokenizer at its published size, with random weights.")
final class TokenizerBenchmarkCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--size", defaultValue = "112", description = "side of the pictures (default: ${DEFAULT-VALUE})")
    private int size = 112;

    @Option(names = "--width", defaultValue = "256", description = "channels of the first group (default: 256)")
    private int width = 256;

    @Option(names = "--batch", defaultValue = "1", description = "pictures at once (default: ${DEFAULT-VALUE})")
    private int batch = 1;

    @Option(names = "--warmup", defaultValue = "2", description = "runs before the clock (default: ${DEFAULT-VALUE})")
    private int warmup = 2;

    @Option(names = "--repeats", defaultValue = "5", description = "runs that are timed (default: ${DEFAULT-VALUE})")
    private int repeats = 5;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (batch < 1 || warmup < 0 || repeats < 1) {
            throw new UserException("--batch and --repeats must be at least 1, --warmup at least 0");
        }
        DallEConfig full = DallEConfig.FULL;
        DallEConfig config =
                new DallEConfig(size, width, full.decoderInput(), full.blocksPerGroup(), full.vocabulary());
        try (Device device = common.open()) {
            TokenizerBenchmark.Result r = TokenizerBenchmark.run(device, config, batch, warmup, repeats);
            double encode = r.encoding().median();
            double decode = r.decoding().median();
            Streams.out(spec)
                    .print(String.format(
                            Locale.ROOT,
                            """
                            device      %s, %s
                            tokenizer   DALL-E, %,d parameters, %d x %d pixels, batch %d
                            encode      %.1f ms a picture, %.1f GFLOP/s of %.1f GFLOP a picture
                            decode      %.1f ms a picture, %.1f GFLOP/s of %.1f GFLOP a picture
                            tokens      %d a picture, %d different ones
                            memory      %.2f GB
                            """,
                            device.description().name(),
                            device.description().kind(),
                            r.parameters(),
                            size,
                            size,
                            batch,
                            1e3 * encode / batch,
                            r.encodingFlops() / encode / 1e9,
                            r.encodingFlops() / 1e9 / batch,
                            1e3 * decode / batch,
                            r.decodingFlops() / decode / 1e9,
                            r.decodingFlops() / 1e9 / batch,
                            r.tokens().length / batch,
                            r.use().used(),
                            r.memory() / 1e9));
        }
        return 0;
    }
}
