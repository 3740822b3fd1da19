package beits.cli;

import beits.data.Dataset;
import beits.job.SegmentPictures;
import beits.recipe.DataRecipe;
import beits.recipe.DataRecipe.Source;
import beits.recipe.Recipes;
import beits.recipe.SegmentDataRecipe;
import beits.recipe.SegmentRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that measures a trained model on a data set. */
final class DataOptions {
    /** How many generated scenes measure a model that was not trained here. */
    private static final int SCENES = 200;

    @Option(
            names = "--data",
            paramLabel = "SOURCE",
            description =
                    "a source as in recipes, such as image_folder, or scenes and ade20k for a segmentation model (default: the data of the run that the checkpoint lies in)")
    private @Nullable String source;

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
        DataRecipe named = named();
        return named != null ? named : data.apply(Recipes.read(recipe(checkpoint), type, List.of()));
    }

    /**
     * The data that the options name, for a checkpoint whose recipe would not name labelled pictures.
     *
     * @throws UserException when they name none
     */
    DataRecipe labelled(Path checkpoint) {
        DataRecipe named = named();
        if (named == null) {
            throw new UserException("%s: its recipe names no labelled pictures; add --data".formatted(checkpoint));
        }
        return named;
    }

    private @Nullable DataRecipe named() {
        Source named = named(Source.class);
        return named == null ? null : new DataRecipe(named, folder(named, named.needsNoPath()), 0, false, false);
    }

    /**
     * The pictures with masks that are meant: those to measure with.
     *
     * @param checkpoint whose folder may hold a recipe
     * @param side of generated scenes
     */
    Dataset masked(Path checkpoint, int side) throws IOException {
        SegmentDataRecipe.Source named = named(SegmentDataRecipe.Source.class);
        if (named == null) {
            SegmentRecipe recipe = Recipes.read(recipe(checkpoint), SegmentRecipe.class, List.of());
            return SegmentPictures.test(recipe.data(), side, recipe.run().seed());
        }
        boolean scenes = named.generated();
        int count = scenes ? SCENES : 0;
        return SegmentPictures.test(new SegmentDataRecipe(named, folder(named, scenes), count, count, false), side, 1);
    }

    private <E extends Enum<E>> @Nullable E named(Class<E> sources) {
        String text = source;
        if (text == null) {
            return null;
        }
        for (E one : EnumSet.allOf(sources)) {
            if (one.name().equalsIgnoreCase(text)) {
                return one;
            }
        }
        throw new UserException("--data %s: must be one of %s"
                .formatted(
                        text,
                        EnumSet.allOf(sources).stream()
                                .map(Enum::name)
                                .collect(Collectors.joining(", "))
                                .toLowerCase(Locale.ROOT)));
    }

    private @Nullable String folder(Enum<?> named, boolean needsNone) {
        if (!needsNone && path == null) {
            throw new UserException("--data %s: needs --path, the folder of the data"
                    .formatted(named.name().toLowerCase(Locale.ROOT)));
        }
        return path == null ? null : path.toString();
    }

    private String recipe(Path checkpoint) {
        if (path != null) {
            throw new UserException("--path %s: needs --data, what kind of data it is".formatted(path));
        }
        Path recipe = checkpoint.toAbsolutePath().resolveSibling("recipe.yaml");
        if (!Files.isRegularFile(recipe)) {
            throw new UserException(
                    "%s: there is no recipe.yaml beside it that names its data; add --data".formatted(checkpoint));
        }
        return recipe.toString();
    }
}
