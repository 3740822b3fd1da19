package beits.cli;

import beits.job.StartWeights;
import beits.train.RunCheckpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checkpoints as users name them: a file, or the folder of a run. */
final class Checkpoint {
    private Checkpoint() {}

    /**
     * What a training starts from.
     *
     * @param field of the recipe, or option, that names it
     * @param fileOrRun as for {@link #find}, or none to start from scratch
     */
    static @Nullable StartWeights start(String field, @Nullable String fileOrRun) throws IOException {
        if (fileOrRun == null) {
            return null;
        }
        Path file;
        try {
            file = find(fileOrRun);
        } catch (UserException e) {
            throw new UserException("%s: %s".formatted(field, e.getMessage()));
        }
        return StartWeights.open(field, file);
    }

    /**
     * The file that is meant: of a run's folder the finished model, else the newest checkpoint; of a folder as Hugging Face,
     * timm and DALL-E keep them the weights.
     *
     * @throws UserException when there is none
     */
    static Path find(String fileOrRun) throws IOException {
        Path path = Path.of(fileOrRun);
        if (Files.isRegularFile(path)) {
            return path;
        }
        if (!Files.isDirectory(path)) {
            throw new UserException("%s: no such checkpoint or run folder".formatted(path));
        }
        for (String name : List.of("model.safetensors", "pytorch_model.bin", "encoder.pkl")) {
            if (Files.isRegularFile(path.resolve(name))) {
                return path.resolve(name);
            }
        }
        List<Long> steps = new RunCheckpoints(path, 1, Map.of()).steps();
        if (steps.isEmpty()) {
            throw new UserException(
                    "%s: holds neither model.safetensors nor a checkpoint step-N.safetensors".formatted(path));
        }
        return path.resolve("step-%d.safetensors".formatted(steps.getLast()));
    }
}
