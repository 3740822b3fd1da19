package beits.cli;

import beits.analysis.LayerFeatures.Feature;
import beits.analysis.LayerFeatures.Pool;
import beits.analysis.Npy;
import beits.checkpoint.NamedTensors;
import beits.checkpoint.Safetensors;
import beits.checkpoint.TensorData;
import beits.data.source.ImageFolder;
import beits.device.Device;
import beits.job.CachedFeatures;
import beits.job.EncoderCheckpoint;
import beits.job.Pictures;
import beits.model.BeitConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code beits features}. */
@Command(
        name = "features",
        mixinStandardHelpOptions = true,
        description = {
            "Writes what layers of an encoder make of pictures.",
            "Into a safetensors file a tensor layer.N for each layer, into an .npy file one layer; a row a picture. The"
                    + " pictures in the order of the rows are printed as JSON. Pictures that cannot be read are named on standard"
                    + " error and have no row; the exit code is then 1, or 2 when none could be read."
        })
final class FeaturesCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "CHECKPOINT",
            description =
                    "a checkpoint (ours, official, timm's, Hugging Face's), or the folder of a run or such a model")
    private String checkpoint = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "IMAGE",
            description = "picture files, folders of them, or - for a list of names on standard input")
    private List<String> images = new ArrayList<>();

    @Option(names = "--layer", paramLabel = "N", description = "counted from 1, or all (default: the last)")
    private @Nullable String layer;

    @Option(
            names = "--pool",
            defaultValue = "MEAN",
            paramLabel = "POOL",
            description = "mean of the patches, class token, or none for all tokens, class token first (default: mean)")
    private Pool pool = Pool.MEAN;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "ends in .safetensors or .npy")
    private Path out = Path.of("");

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        EncoderCheckpoint encoder = EncoderCheckpoint.open(
                Checkpoint.find(checkpoint), note -> Streams.err(spec).println("beits: " + note));
        List<Feature> features = features(encoder.config());
        boolean npy = out.toString().endsWith(".npy");
        if (!npy && !out.toString().endsWith(".safetensors")) {
            throw new UserException("--out %s: must end in .safetensors or .npy".formatted(out));
        }
        if (npy && features.size() > 1) {
            throw new UserException("--out %s: holds one layer; name one, or a .safetensors file".formatted(out));
        }
        if (Files.exists(out)) {
            throw new UserException("--out %s: is there already; name another file".formatted(out));
        }
        List<Path> pictures = PictureFiles.named(images, Streams.in());
        PrintWriter err = Streams.err(spec);
        CachedFeatures cached;
        try (Device device = common.open()) {
            cached = CachedFeatures.of(
                    encoder,
                    device,
                    ImageFolder.files(pictures, Pictures.reader()),
                    features,
                    fault -> err.println("beits: " + fault));
        }
        if (cached.pictures() > 0) {
            int[] shape = shape(cached, encoder.config());
            if (npy) {
                Npy.write(out, cached.values().getFirst(), shape);
            } else {
                Safetensors.write(out, tensors(cached, shape));
            }
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("file", out.toString());
            result.put("layers", features.stream().map(Feature::layer).toList());
            result.put("shape", shape);
            result.put(
                    "pictures",
                    Arrays.stream(cached.indices())
                            .mapToObj(i -> pictures.get(i).toString())
                            .toList());
            Streams.out(spec).println(Json.line(result));
        }
        return Unreadable.exitCode(pictures.size() - cached.pictures(), pictures.size(), err);
    }

    private List<Feature> features(BeitConfig config) {
        String chosen = layer;
        if (chosen == null) {
            return List.of(new Feature(config.depth(), pool));
        }
        if (chosen.equals("all")) {
            return IntStream.rangeClosed(1, config.depth())
                    .mapToObj(n -> new Feature(n, pool))
                    .toList();
        }
        if (!chosen.matches("\\d{1,4}")) {
            throw new UserException(
                    "--layer %s: must be a number from 1 to %d, or all".formatted(chosen, config.depth()));
        }
        return List.of(new Feature(Integer.parseInt(chosen), pool));
    }

    private static int[] shape(CachedFeatures cached, BeitConfig config) {
        return cached.length(0) == config.width()
                ? new int[] {cached.pictures(), config.width()}
                : new int[] {cached.pictures(), config.tokens(), config.width()};
    }

    private NamedTensors tensors(CachedFeatures cached, int[] shape) {
        NamedTensors tensors = new NamedTensors().describe("pool", pool.name().toLowerCase(Locale.ROOT));
        for (int f = 0; f < cached.features().size(); f++) {
            tensors.put(
                    "layer." + cached.features().get(f).layer(),
                    TensorData.of(cached.values().get(f), shape));
        }
        return tensors;
    }
}
