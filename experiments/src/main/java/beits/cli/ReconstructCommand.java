package beits.cli;

import beits.data.Dataset;
import beits.data.source.ImageFolder;
import beits.device.Device;
import beits.image.PngWriter;
import beits.job.DallEWeights;
import beits.job.LoadedTokenizer;
import beits.job.Pictures;
import beits.job.Reconstruction;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code beits reconstruct}. */
@Command(
        name = "reconstruct",
        mixinStandardHelpOptions = true,
        description = {
            "Shows what a tokenizer keeps of pictures.",
            "Writes each one as it was seen beside what its tokens decode to, and prints mean absolute errors, use of the"
                    + " codebook and perplexity as JSON. Pictures that cannot be read are named on standard error and left out; the"
                    + " exit code is then 1, or 2 when none could be read."
        })
final class ReconstructCommand implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Parameters(
            index = "0",
            paramLabel = "TOKENIZER",
            description = "its checkpoint or run folder, or the folder of DALL-E's encoder.pkl and decoder.pkl")
    private String tokenizer = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "IMAGE", description = "pictures, or folders of them")
    private List<Path> images = new ArrayList<>();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "empty or new folder for the pictures")
    private Path out = Path.of("");

    @Option(
            names = "--size",
            paramLabel = "N",
            description = "side of the pictures for DALL-E's tokenizer, a multiple of 8 (default: ${DEFAULT-VALUE})")
    private int size = DallEWeights.PUBLISHED_SIZE;

    @Option(
            names = "--batch",
            defaultValue = "8",
            paramLabel = "N",
            description = "pictures at once (default: ${DEFAULT-VALUE})")
    private int batch = 8;

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (batch < 1) {
            throw new UserException("--batch %d: must be at least 1".formatted(batch));
        }
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new UserException("--out %s: is a file; name a folder".formatted(out));
        }
        RunFolder.requireEmpty(out);
        Dataset pictures = ImageFolder.of(images, Pictures.reader());
        PrintWriter err = Streams.err(spec);
        int atOnce = Math.min(batch, pictures.size());
        try (Device device = common.open();
                LoadedTokenizer loaded = LoadedTokenizer.open(device, Checkpoint.find(tokenizer), atOnce, size)) {
            Optional<Reconstruction.Result> shown =
                    Reconstruction.run(pictures, loaded, fault -> err.println("beits: " + fault));
            if (shown.isEmpty()) {
                return Unreadable.exitCode(pictures.size(), pictures.size(), err);
            }
            Reconstruction.Result result = shown.get();
            Files.createDirectories(out);
            ObjectNode json = JSON.createObjectNode();
            json.put("tokenizer", loaded.hash());
            json.put("mae", result.mae());
            ObjectNode use = json.putObject("codebook");
            use.put("words", result.use().words());
            use.put("used", result.use().used());
            use.put("share", result.use().share());
            use.put("perplexity", result.use().perplexity());
            ArrayNode list = json.putArray("pictures");
            for (int i = 0; i < result.pictures().size(); i++) {
                Reconstruction.Picture picture = result.pictures().get(i);
                String name = Path.of(picture.name()).getFileName().toString().replaceFirst("\\.[^.]*$", "");
                Path file = out.resolve("%03d-%s.png".formatted(i, name));
                PngWriter.write(picture.pair(), file);
                ObjectNode entry = list.addObject();
                entry.put("picture", picture.name());
                entry.put("file", file.toString());
                entry.put("mae", picture.mae());
                ArrayNode tokens = entry.putArray("tokens");
                picture.tokens().forEach(tokens::add);
            }
            Streams.out(spec).println(JSON.writeValueAsString(json));
            return Unreadable.exitCode(pictures.size() - result.pictures().size(), pictures.size(), err);
        }
    }
}
