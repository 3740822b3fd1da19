package beits.cli;

import beits.analysis.AttentionMaps;
import beits.analysis.Npy;
import beits.autograd.Layout;
import beits.checkpoint.AtomicFile;
import beits.device.Device;
import beits.device.Executable;
import beits.image.Image;
import beits.image.PictureException;
import beits.image.PngWriter;
import beits.image.Resampling;
import beits.image.Resize;
import beits.job.Conversion.PictureSize;
import beits.job.EncoderCheckpoint;
import beits.job.Pictures;
import beits.model.BeitConfig;
import beits.model.Encoder;
import beits.report.AttentionOverlay;
import beits.transform.TestTransform;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code beits attention}. */
@Command(
        name = "attention",
        mixinStandardHelpOptions = true,
        description = {
            "Shows where a patch of a picture looks in one layer.",
            "A map for each head and their mean, painted over the picture (PNG) and as numbers (maps.npy: heads x rows x"
                    + " columns). The files and each head's weight for the class token are printed as a line of JSON. Of several"
                    + " pictures each has a folder of its own under --out, named after it."
        })
final class AttentionCommand implements Callable<Integer> {
    private static final int SHOWN = 448;

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

    @Option(
            names = "--patch",
            required = true,
            paramLabel = "R,C",
            description = "row and column of the patch that looks, counted from 0")
    private String patch = "";

    @Option(names = "--layer", paramLabel = "N", description = "counted from 1 (default: the last)")
    private @Nullable Integer layer;

    @Option(
            names = "--input-size",
            paramLabel = "N",
            description = {
                "picture size in pixels, N or HEIGHTxWIDTH, to which the picture is resized and positions are interpolated",
                "(default: the model's own)"
            })
    private @Nullable String inputSize;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "empty or new folder")
    private Path out = Path.of("");

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        EncoderCheckpoint encoderCheckpoint = EncoderCheckpoint.open(
                Checkpoint.find(checkpoint), note -> Streams.err(spec).println("beits: " + note));
        PictureSize size = inputSize == null ? null : PictureSize.parse(inputSize);
        BeitConfig own = encoderCheckpoint.config();
        BeitConfig config = size == null ? own : own.withImageSize(size.height(), size.width());
        int reference = reference(config);
        int chosen = layer == null ? config.depth() : layer;
        requireNew();
        List<Path> pictures = PictureFiles.named(images, Streams.in());
        PrintWriter err = Streams.err(spec);
        Set<String> used = new HashSet<>();
        int unreadable = 0;
        Layout layout = new Layout();
        Encoder encoder = encoderCheckpoint.create(layout, config);
        AttentionMaps maps = new AttentionMaps(layout, encoder, chosen);
        try (Device device = common.open();
                Executable executable = encoderCheckpoint.load(device, layout, encoder, maps.program())) {
            for (Path file : pictures) {
                Image picture;
                try {
                    picture = fitted(Pictures.reader().read(file), config, size);
                } catch (PictureException e) {
                    err.println("beits: " + e.getMessage());
                    unreadable++;
                    continue;
                }
                float[] pixels = new float[config.channels() * config.imageHeight() * config.imageWidth()];
                encoderCheckpoint.normalisation().apply(picture, pixels, 0);
                Path folder = pictures.size() == 1 ? out : out.resolve(PictureFiles.stem(file, used));
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("picture", file.toString());
                line.put("layer", chosen);
                line.putAll(write(folder, picture, maps.of(executable, pixels, reference), config, reference));
                Streams.out(spec).println(Json.line(line));
            }
        }
        return Unreadable.exitCode(unreadable, pictures.size(), err);
    }

    /** A picture as the network reads it: its central square, or stretched to the size that was asked for. */
    private static Image fitted(Image read, BeitConfig config, @Nullable PictureSize size) {
        Image fitting = config.channels() == 1 ? read.grey() : read.rgb();
        return size == null
                ? new TestTransform(config.imageHeight()).apply(fitting)
                : Resize.resize(fitting, size.height(), size.width(), Resampling.BICUBIC);
    }

    private int reference(BeitConfig config) {
        if (!patch.matches("\\d{1,4},\\d{1,4}")) {
            throw new UserException("--patch %s: must be row,column such as 3,5".formatted(patch));
        }
        int comma = patch.indexOf(',');
        int row = Integer.parseInt(patch.substring(0, comma));
        int column = Integer.parseInt(patch.substring(comma + 1));
        if (row >= config.gridHeight() || column >= config.gridWidth()) {
            throw new UserException("--patch %s: the picture has %d x %d patches, counted from 0"
                    .formatted(patch, config.gridHeight(), config.gridWidth()));
        }
        return row * config.gridWidth() + column;
    }

    private void requireNew() throws IOException {
        if (Files.exists(out)) {
            try (var content = Files.list(out)) {
                if (content.findAny().isPresent()) {
                    throw new UserException("--out %s: is not empty; name another folder".formatted(out));
                }
            }
        }
    }

    private static Map<String, Object> write(
            Path folder, Image picture, double[][] maps, BeitConfig config, int reference) throws IOException {
        Files.createDirectories(folder);
        List<String> files = new ArrayList<>();
        files.add(paint(picture, AttentionMaps.mean(maps), config, reference, folder.resolve("mean.png")));
        List<Double> classToken = new ArrayList<>();
        float[] numbers = new float[maps.length * config.patches()];
        for (int h = 0; h < maps.length; h++) {
            files.add(paint(picture, maps[h], config, reference, folder.resolve("head-%d.png".formatted(h + 1))));
            classToken.add(Json.share(1 - Arrays.stream(maps[h]).sum()));
            for (int j = 0; j < config.patches(); j++) {
                numbers[h * config.patches() + j] = (float) maps[h][j];
            }
        }
        Path table = folder.resolve("maps.npy");
        Npy.write(table, numbers, maps.length, config.gridHeight(), config.gridWidth());
        files.add(table.toString());
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("patch", List.of(reference / config.gridWidth(), reference % config.gridWidth()));
        result.put("grid", List.of(config.gridHeight(), config.gridWidth()));
        result.put("classToken", classToken);
        result.put("files", files);
        return result;
    }

    private static String paint(Image picture, double[] map, BeitConfig config, int reference, Path file)
            throws IOException {
        int enlarge = Math.max(1, SHOWN / Math.max(picture.height(), picture.width()));
        Image painted = AttentionOverlay.paint(picture, map, config.patchSize(), reference, enlarge);
        AtomicFile.write(file, channel -> channel.write(ByteBuffer.wrap(PngWriter.encode(painted))));
        return file.toString();
    }
}
