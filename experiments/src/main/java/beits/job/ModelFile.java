package beits.job;

import beits.checkpoint.CheckpointException;
import beits.checkpoint.Checkpoints;
import beits.checkpoint.NamedTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * The content of a model's checkpoint of any layout, as if it were one of ours.
 *
 * @param tensors under official names
 * @param card what is known of the model
 * @param source name of the file, for messages
 */
public record ModelFile(NamedTensors tensors, ModelCard card, String source) {
    /**
     * Opens a checkpoint. What does not describe itself is understood by the rules of {@link Conversion}, from its shapes and the
     * configuration beside it.
     *
     * @param notes hears what had to be assumed, one line each
     * @throws CheckpointException when it is no model, not enough is known of it, or a weight is NaN or infinite
     */
    public static ModelFile open(Path file, Consumer<String> notes) throws IOException {
        NamedTensors checkpoint = Conversion.open(file);
        String source = file.toString();
        Checkpoints.requireFinite(checkpoint, source);
        return ModelCard.isIn(checkpoint)
                ? new ModelFile(checkpoint, ModelCard.of(checkpoint, source), source)
                : Conversion.described(checkpoint, file, notes);
    }
}
