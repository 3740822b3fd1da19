package beits.job;

import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.checkpoint.CheckpointException;
import beits.checkpoint.Checkpoints;
import beits.checkpoint.Grid;
import beits.checkpoint.LoadReport;
import beits.checkpoint.Loading;
import beits.checkpoint.NamedTensors;
import beits.tokenizer.DallE;
import beits.tokenizer.DallEConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * DALL-E's tokenizer from files: the published {@code encoder.pkl} with {@code decoder.pkl} beside it, or one file that holds both
 * under {@code encoder.} and {@code decoder.}.
 *
 * @param tensors under the names of {@link DallE}
 * @param config shape that they tell, for a picture size of the caller's
 * @param report the account of every tensor
 */
public record DallEWeights(NamedTensors tensors, DallEConfig config, LoadReport report) {
    /** Side of the pictures that BEiT shows it. */
    public static final int PUBLISHED_SIZE = 112;

    private static final String FIRST = "blocks.input.w";
    private static final int DIVISOR = 8;

    /** Whether a checkpoint is one of these. */
    public static boolean isIn(NamedTensors checkpoint) {
        return checkpoint.has("encoder." + FIRST) || checkpoint.has(FIRST);
    }

    /**
     * Takes the weights.
     *
     * @param checkpoint the content of {@code file}
     * @param file where it lies
     * @param imageSize side of the pictures, a multiple of 8
     * @throws CheckpointException when one half is missing or a tensor does not fit
     */
    public static DallEWeights read(NamedTensors checkpoint, Path file, int imageSize) throws IOException {
        NamedTensors whole = checkpoint.has(FIRST) ? halves(file) : checkpoint;
        DallEConfig config = config(whole, file, imageSize);
        Layout layout = new Layout();
        new DallE(layout, config);
        Map<String, List<Long>> wanted = new LinkedHashMap<>();
        for (Parameter parameter : layout.parameters()) {
            int[] extents = parameter.slot().shape().extents();
            wanted.put(
                    parameter.name(),
                    Arrays.stream(extents).mapToObj(Long::valueOf).toList());
        }
        int side = imageSize / DIVISOR;
        Loading.Loaded loaded = Loading.load(
                whole, file.toString(), Loading.Request.of(wanted, new Grid(side, side), Loading.Purpose.SAME_MODEL));
        return new DallEWeights(loaded.tensors(), config, loaded.report());
    }

    private static NamedTensors halves(Path file) throws IOException {
        NamedTensors whole = new NamedTensors();
        for (String part : List.of("encoder", "decoder")) {
            Path half = file.resolveSibling(part + ".pkl");
            if (!Files.isRegularFile(half)) {
                throw new CheckpointException(
                        "%s: missing; DALL-E's encoder.pkl and decoder.pkl must lie in one folder".formatted(half));
            }
            Checkpoints.open(half).tensors().forEach((name, tensor) -> whole.put(part + "." + name, tensor));
        }
        return whole;
    }

    private static DallEConfig config(NamedTensors whole, Path file, int imageSize) throws CheckpointException {
        int blocks = 0;
        while (whole.has("encoder.blocks.group_1.block_" + (blocks + 1) + ".res_path.conv_1.w")) {
            blocks++;
        }
        try {
            return new DallEConfig(
                    imageSize,
                    rows(whole, "encoder.blocks.input.w"),
                    rows(whole, "decoder.blocks.input.w"),
                    blocks,
                    rows(whole, "encoder.blocks.output.conv.w"));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new CheckpointException(
                    "%s: its shapes do not make DALL-E's tokenizer: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static int rows(NamedTensors whole, String name) {
        List<Long> shape = whole.get(name).shape();
        if (shape.isEmpty()) {
            throw new IllegalArgumentException(name + " is a scalar");
        }
        return Math.toIntExact(shape.getFirst());
    }
}
