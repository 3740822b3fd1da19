package beits.job;

import beits.checkpoint.CheckpointException;
import beits.checkpoint.Checkpoints;
import beits.checkpoint.NamedTensors;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The weights that a training starts from.
 *
 * @param tensors of any layout
 * @param source the field or option that names them and their file, for messages
 */
public record StartWeights(NamedTensors tensors, String source) {
    /**
     * Opens a checkpoint.
     *
     * @param field of a recipe, or option, that names it
     * @throws CheckpointException when it cannot be used, or holds a tokenizer
     */
    public static StartWeights open(String field, Path file) throws IOException {
        NamedTensors tensors;
        boolean tokenizer;
        try {
            tensors = Checkpoints.open(file);
            tokenizer = DallEWeights.isIn(tensors)
                    || (ModelCard.isIn(tensors)
                            && ModelCard.of(tensors, file.toString()).kind() == ModelKind.TOKENIZER);
        } catch (CheckpointException e) {
            throw new CheckpointException("%s: %s".formatted(field, e.getMessage()), e);
        }
        if (tokenizer) {
            throw new CheckpointException(
                    "%s: %s holds a tokenizer, which has no encoder; give a pre-trained or fine-tuned model"
                            .formatted(field, file));
        }
        return new StartWeights(tensors, "%s: %s".formatted(field, file));
    }
}
