package beits.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Opens checkpoints of any format. */
public final class Checkpoints {
    private Checkpoints() {}

    /**
     * Opens a checkpoint: safetensors, or a file of {@code torch.save} (zip or legacy, state dict, training checkpoint or one of
     * DALL-E's pickled modules). The format is found by content, not by name. The tensors of the model keep their names; what
     * else there is is in the description, or with {@link PyTorchFile}.
     *
     * @throws CheckpointException naming the file and what is wrong
     */
    public static NamedTensors open(Path file) throws IOException {
        return open(Safetensors.map(file), file.toString());
    }

    static NamedTensors open(MemorySegment whole, String source) throws CheckpointException {
        return Safetensors.looksLike(whole) || source.endsWith(".safetensors")
                ? Safetensors.read(whole, source)
                : PyTorchFile.read(whole, source).model();
    }
}
