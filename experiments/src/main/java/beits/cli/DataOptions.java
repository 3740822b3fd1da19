package beits.cli;

import beits.recipe.DataRecipe;
import beits.recipe.DataRecipe.Source;
import beits.recipe.Recipes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that measures a trained model on a data set. */
final class DataOptions {
    @Option(
            names = "--data",
            paramLabel = "SOURCE",
            description = "${COMPLETION-CANDIDATES} (default: the data of the run that the checkpoint lies in)")
    private @Nullable Source source;

    @Option(names = "--path", paramLabel = "DIR", description = "folder of the data, where the source needs one")
    private @Nullable Path path;

    /**
     * The data that is meant.
     *
     * @param checkpoint whose folder may hold a recipe
     * @param type of that recipe
     * @param data its data
     */
    <T> DataRecipe of(Path checkpoint, Class<T> type, Function<T, DataRecipe> data) throws IOException {
        Source named = source;
        if (named != null) {
            if (!named.needsNoPath() && path == null) {
                throw new UserException("--data %s: needs --path, the folder of the data".formatted(named));
            }
            return new DataRecipe(named, path == null ? null : path.toString(), 0);
        }
        if (path != null) {
            throw new UserException("--path %s: needs --data, what kind of data it is".formatted(path));
        }
        Path recipe = checkpoint.toAbsolutePath().resolveSibling("recipe.yaml");
        if (!Files.isRegularFile(recipe)) {
            throw new UserException(
                    "%s: there is no recipe.yaml beside it that names its data; add --data".formatted(checkpoint));
        }
        return data.apply(Recipes.read(recipe.toString(), type, List.of()));
    }
}
