package beits.cli;

import beits.job.StartWeights;
import beits.recipe.Recipes;
import beits.train.RunCheckpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checkpoints as users name them: a file, or the folder of a run. */
final class Checkpoint {
    private Checkpoint() {}

    /**
     * The file that a field of a recipe means.
     *
     * @param field its name, or an option, for the message
     * @throws UserException when there is none, with the command that makes it
     */
    static Path find(String field, String fileOrRun) throws IOException {
        try {
            return find(fileOrRun);
        } catch (UserException e) {
            Optional<String> maker = Recipes.shippedFor(fileOrRun);
            String made = maker.isPresent()
                    ? "`beits %s %s` makes it, "
                            .formatted(Recipes.kind(maker.get()).command(), maker.get())
                    : "";
            String option = field.startsWith("--") ? field + " " : "--set " + field + "=";
            throw new UserException(
                    "%s: %s; %s%sCHECKPOINT_OR_RUN names another".formatted(field, e.getMessage(), made, option));
        }
    }

    /**
     * What a training starts from.
     *
     * @param field of the recipe, or option, that names it
     * @param fileOrRun as for {@link #find(String)}, or none to start from scratch
     */
    static @Nullable StartWeights start(String field, @Nullable String fileOrRun) throws IOException {
        return fileOrRun == null ? null : StartWeights.open(field, find(field, fileOrRun));
    }

    /**
     * The file that is meant: of a run's folder the finished model, else the newest checkpoint; of a folder as Hugging Face,
     * timm and DALL-E keep them the weights, or the index of weights in several files.
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
        for (String name :
                List.of("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "encoder.pkl")) {
            if (Files.isRegularFile(path.resolve(name))) {
                return path.resolve(name);
            }
        }
        List<Long> steps = new RunCheckpoints(path, 1, Map.of()).steps();
        if (steps.isEmpty()) {
            throw new UserException(
                    "%s: holds neither model.safetensors, nor its index.json, nor a checkpoint step-N.safetensors"
                            .formatted(path));
        }
        return path.resolve("step-%d.safetensors".formatted(steps.getLast()));
    }
}
