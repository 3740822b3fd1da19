package beits.cli;

import beits.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of a run: {@code recipe.yaml}, {@code metrics.jsonl}, {@code tensorboard/}, {@code log.txt}, checkpoints,
 * {@code model.safetensors}, {@code best.safetensors}, {@code pictures/}, {@code report.html}. It is made when the first step is
 * done, so that a mistake in the recipe leaves nothing behind.
 *
 * @param path of the folder
 * @param resume whether a run in it is continued
 * @param recipe the effective recipe as YAML
 */
record RunFolder(Path path, boolean resume, String recipe) {
    /**
     * A folder that may be used.
     *
     * @throws UserException when it holds something and is not to be resumed, or holds a run of another recipe
     */
    static RunFolder at(Path path, boolean resume, String recipe) throws IOException {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new UserException("--out %s: is a file; name a folder".formatted(path));
        }
        RunFolder folder = new RunFolder(path, resume, recipe);
        if (resume) {
            folder.requireSameRecipe();
        } else {
            requireEmpty(path);
        }
        return folder;
    }

    /**
     * Refuses a folder that holds something.
     *
     * @throws UserException naming the remedy
     */
    static void requireEmpty(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            try (Stream<Path> content = Files.list(path)) {
                if (content.findAny().isPresent()) {
                    throw new UserException(
                            "--out %s: is not empty; add --resume to continue the run in it, or name another folder"
                                    .formatted(path));
                }
            }
        }
    }

    private void requireSameRecipe() throws IOException {
        if (!Files.isRegularFile(recipeFile())) {
            throw new UserException("--resume: %s holds no run; leave --resume out to begin one there".formatted(path));
        }
        // What "run" says is how the run is kept, not what it computes; all but the seed may change.
        List<String> changed = Recipes.differences(Files.readString(recipeFile()), recipe).stream()
                .filter(field -> !field.startsWith("run.") || field.equals("run.seed"))
                .toList();
        if (!changed.isEmpty()) {
            throw new UserException("--resume: %s was begun with another recipe, which differs in %s; use that one"
                    .formatted(path, String.join(", ", changed)));
        }
    }

    Path recipeFile() {
        return path.resolve("recipe.yaml");
    }

    Path metrics() {
        return path.resolve("metrics.jsonl");
    }

    Path log() {
        return path.resolve("log.txt");
    }

    Path tensorboard() {
        return path.resolve("tensorboard");
    }

    Path model() {
        return path.resolve("model.safetensors");
    }

    Path pictures() {
        return path.resolve("pictures");
    }
}
