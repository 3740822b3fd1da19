package beits.job;

import beits.data.Dataset;
import beits.data.Subset;
import beits.data.source.FashionMnist;
import beits.data.source.Scenes;
import beits.data.source.SegmentationFolder;
import beits.image.PictureException;
import beits.recipe.SegmentDataRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** The data sets with class masks that recipes name. */
public final class SegmentPictures {
    private SegmentPictures() {}

    /**
     * Pictures to train on.
     *
     * @param side of generated scenes
     * @param seed of generated scenes
     */
    public static Dataset training(SegmentDataRecipe recipe, int side, long seed) {
        return of(recipe, true, side, seed);
    }

    /** Pictures to measure with: none of the training ones. */
    public static Dataset test(SegmentDataRecipe recipe, int side, long seed) {
        return of(recipe, false, side, seed);
    }

    private static Dataset of(SegmentDataRecipe recipe, boolean train, int side, long seed) {
        int count = train ? recipe.training() : recipe.test();
        return switch (recipe.source()) {
            case SCENES -> scenes(Scenes.Style.TEXTURED, train, side, count, seed);
            case PLAIN_SCENES -> scenes(Scenes.Style.PLAIN, train, side, count, seed);
            case ADE20K ->
                limited(
                        SegmentationFolder.ade20k(path(recipe), train, ade20kNames(path(recipe)), Pictures.reader()),
                        count);
            case MASK_FOLDER -> {
                String part = train ? "training" : "validation";
                yield limited(
                        new SegmentationFolder(
                                path(recipe).resolve("images").resolve(part),
                                path(recipe).resolve("annotations").resolve(part),
                                lines(path(recipe).resolve("classes.txt")),
                                false,
                                Pictures.reader()),
                        count);
            }
        };
    }

    /** Generated scenes: garments of the training or the test pictures. */
    static Dataset scenes(Scenes.Style style, boolean train, int side, int count, long seed) {
        return new Scenes(
                FashionMnist.bundled(train ? FashionMnist.Part.TRAIN : FashionMnist.Part.TEST),
                style,
                side,
                count,
                // A scene's ground and places depend on its number and the seed alone, so the same seed
                // would show the grounds of the test scenes in training.
                train ? seed : ~seed);
    }

    private static Path path(SegmentDataRecipe recipe) {
        return Path.of(Objects.requireNonNull(recipe.path()));
    }

    private static Dataset limited(Dataset data, int limit) {
        return limit == 0 || limit >= data.size() ? data : Subset.first(data, limit);
    }

    /** The last column of ADE20K's own table of its 150 classes, else numbers. */
    private static List<String> ade20kNames(Path root) {
        Path table = root.resolve("objectInfo150.txt");
        if (Files.isRegularFile(table)) {
            List<String> names = lines(table).stream()
                    .skip(1)
                    .map(line -> line.substring(line.lastIndexOf('\t') + 1).strip())
                    .toList();
            if (names.size() == SegmentDataRecipe.ADE20K_CLASSES) {
                return names;
            }
        }
        return IntStream.rangeClosed(1, SegmentDataRecipe.ADE20K_CLASSES)
                .mapToObj(c -> "class " + c)
                .toList();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream().filter(l -> !l.isBlank()).toList();
        } catch (IOException e) {
            throw new PictureException(file.toString(), "the names of the classes cannot be read", e);
        }
    }
}
