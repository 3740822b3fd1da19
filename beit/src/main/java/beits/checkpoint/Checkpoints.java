package beits.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Opens checkpoints of any format. */
public final class Checkpoints {
    /** Key in the description of what was taken off the front of every name. */
    static final String PREFIX = "names.prefix";

    /** What {@code DataParallel} and {@code DistributedDataParallel} put before every name. */
    private static final String PARALLEL = "module.";

    private Checkpoints() {}

    /**
     * Opens a checkpoint whose weights are to be computed with.
     *
     * @throws CheckpointException as {@link #read}, and when a weight is NaN or infinite
     */
    public static NamedTensors open(Path file) throws IOException {
        NamedTensors tensors = read(file);
        requireFinite(tensors, file.toString());
        return tensors;
    }

    /**
     * Reads a checkpoint: safetensors, or a file of {@code torch.save} (zip or legacy, state dict, training checkpoint or one of
     * DALL-E's pickled modules). The format is found by content, not by name; only an index ({@code .safetensors.index.json}), which
     * stands for the files that it lists, is known by its name. The tensors of the model keep their names, but for a {@code module.}
     * before all of them; what else there is is in the description, or with {@link PyTorchFile}.
     *
     * @throws CheckpointException naming the file and what is wrong
     */
    public static NamedTensors read(Path file) throws IOException {
        return file.toString().endsWith(ShardedSafetensors.INDEX)
                ? withoutPrefix(ShardedSafetensors.read(file))
                : read(Safetensors.map(file), file.toString());
    }

    static NamedTensors read(MemorySegment whole, String source) throws CheckpointException {
        return withoutPrefix(
                Safetensors.looksLike(whole) || source.endsWith(".safetensors")
                        ? Safetensors.read(whole, source)
                        : PyTorchFile.read(whole, source).model());
    }

    private static NamedTensors withoutPrefix(NamedTensors tensors) {
        if (tensors.tensors().isEmpty()
                || !tensors.tensors().keySet().stream().allMatch(name -> name.startsWith(PARALLEL))) {
            return tensors;
        }
        NamedTensors plain = new NamedTensors();
        tensors.metadata().forEach(plain::describe);
        plain.describe(PREFIX, PARALLEL);
        tensors.tensors().forEach((name, tensor) -> plain.put(name.substring(PARALLEL.length()), tensor));
        return plain;
    }

    /**
     * Refuses weights that nothing can be computed with.
     *
     * @param source name of the file, for the message
     * @throws CheckpointException when one is NaN or infinite
     */
    public static void requireFinite(NamedTensors tensors, String source) throws CheckpointException {
        String found = nonFinite(tensors, source);
        if (found != null) {
            throw new CheckpointException(found + "; its training went wrong or it was damaged: use an earlier one");
        }
    }

    /** A sentence about the weights that are NaN or infinite, or null when there are none. */
    public static @Nullable String nonFinite(NamedTensors tensors, String source) {
        List<Map.Entry<String, TensorData>> found = tensors.tensors().entrySet().stream()
                .filter(entry -> entry.getValue().nonFinite() > 0)
                .toList();
        if (found.isEmpty()) {
            return null;
        }
        TensorData first = found.getFirst().getValue();
        return "%s: %s: %d of %d values are NaN or infinite%s"
                .formatted(
                        source,
                        found.getFirst().getKey(),
                        first.nonFinite(),
                        first.size(),
                        found.size() == 1 ? "" : ", and some of %d other tensors".formatted(found.size() - 1));
    }
}
