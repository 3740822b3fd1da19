package beits.job;

import beits.device.Device;
import beits.train.TrainingEvent;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a job needs from outside.
 *
 * @param device to train on
 * @param checkpoints folder for checkpoints, or none to keep nothing
 * @param resume whether to continue from the newest checkpoint there
 * @param events hears every step, evaluation and checkpoint
 * @param notes hears what the user should know, one line each
 * @param stop asked after every step whether to stop
 */
public record JobContext(
        Device device,
        @Nullable Path checkpoints,
        boolean resume,
        Consumer<TrainingEvent> events,
        Consumer<String> notes,
        BooleanSupplier stop) {}
