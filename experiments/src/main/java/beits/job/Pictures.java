package beits.job;

import beits.data.Dataset;
import beits.data.Subset;
import beits.data.source.Cifar;
import beits.data.source.ColourDrawings;
import beits.data.source.FashionMnist;
import beits.data.source.ImageFolder;
import beits.data.source.ListFile;
import beits.data.source.ParquetPictures;
import beits.data.source.Scenes;
import beits.data.source.SegmentationFolder;
import beits.data.source.WebDataset;
import beits.image.DecodeOptions;
import beits.image.ImageFormat;
import beits.image.ImageReader;
import beits.image.PictureException;
import beits.image.TurboJpeg;
import beits.recipe.DataRecipe;
import beits.recipe.SegmentDataRecipe;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The data sets that recipes name. */
public final class Pictures {
    private static final String CLASSES = "classes.txt";
    private static final String TRAINING_LIST = "train.txt";
    /** As ImageNet and CIFAR are kept by Hugging Face. */
    private static final List<String> PARQUET_PICTURES = List.of("image", "img");
    /** CIFAR-100 has {@code fine_label} and {@code coarse_label}. */
    private static final List<String> PARQUET_LABELS = List.of("label", "labels", "fine_label");

    private Pictures() {}

    /**
     * Pictures to train on, whose labels are not looked at.
     *
     * @param side of generated scenes
     * @param seed of generated scenes
     */
    public static Dataset unlabelled(DataRecipe recipe, int side, long seed) {
        return recipe.source().generated() ? scenes(recipe, true, side, seed) : training(recipe);
    }

    /**
     * Generated scenes without their masks.
     *
     * @param train whether of training pictures, else of test pictures
     */
    static Dataset scenes(DataRecipe recipe, boolean train, int side, long seed) {
        Scenes.Style style =
                recipe.source() == DataRecipe.Source.PLAIN_SCENES ? Scenes.Style.PLAIN : Scenes.Style.TEXTURED;
        return SegmentPictures.scenes(style, train, side, recipe.limit(), seed);
    }

    /**
     * Pictures to train on, with their labels where they have some; {@link #requireLabels} is for those who need them.
     *
     * @throws IllegalArgumentException when the source is generated scenes
     */
    public static Dataset training(DataRecipe recipe) {
        return limited(
                switch (recipe.source()) {
                    case FASHION_MNIST_SAMPLE -> FashionMnist.bundled(FashionMnist.Part.TRAIN);
                    case FASHION_MNIST -> FashionMnist.folder(fashion(recipe), FashionMnist.Part.TRAIN);
                    case DRAWINGS_SAMPLE -> drawings(recipe, true);
                    case CIFAR_10 -> Cifar.ten(path(recipe), true);
                    case CIFAR_100 -> Cifar.hundred(path(recipe), true, true);
                    case IMAGE_FOLDER -> ImageFolder.classes(path(recipe).resolve("train"), reader(recipe));
                    case UNLABELLED_FOLDER -> ImageFolder.unlabelled(path(recipe), reader(recipe));
                    case PARQUET -> parquet(files(recipe, "train*.parquet"), reader(recipe));
                    case WEB_DATASET -> shards(recipe, "train*.tar");
                    case LIST_FILE -> ListFile.open(path(recipe).resolve(TRAINING_LIST), reader(recipe));
                    case SCENES, PLAIN_SCENES -> throw scenesHaveNoLabels();
                },
                recipe.limit());
    }

    /**
     * Pictures to measure with.
     *
     * @throws IllegalArgumentException when the source has none
     */
    public static Dataset test(DataRecipe recipe) {
        return switch (recipe.source()) {
            case FASHION_MNIST_SAMPLE -> FashionMnist.bundled(FashionMnist.Part.TEST);
            case FASHION_MNIST -> FashionMnist.folder(fashion(recipe), FashionMnist.Part.TEST);
            case DRAWINGS_SAMPLE -> drawings(recipe, false);
            case CIFAR_10 -> Cifar.ten(path(recipe), false);
            case CIFAR_100 -> Cifar.hundred(path(recipe), false, true);
            case IMAGE_FOLDER -> ImageFolder.classes(path(recipe).resolve("val"), reader(recipe));
            case UNLABELLED_FOLDER ->
                throw new IllegalArgumentException(
                        "data.source: unlabelled_folder has no labels to measure with; use image_folder");
            case PARQUET -> parquet(testFiles(recipe), reader(recipe));
            case WEB_DATASET -> shards(recipe, "val*.tar");
            case LIST_FILE -> ListFile.open(path(recipe).resolve("val.txt"), reader(recipe));
            case SCENES, PLAIN_SCENES -> throw scenesHaveNoLabels();
        };
    }

    /**
     * Refuses pictures without labels.
     *
     * @param use what they are for: {@code training} or {@code test}
     * @throws IllegalArgumentException with the places where labels are looked for
     */
    public static void requireLabels(Dataset data, String use) {
        if (data.size() > 0 && data.classNames().isEmpty()) {
            throw new IllegalArgumentException(
                    "%s: has no label, like all %s pictures here; a list has labels behind a tab, Parquet files in a column %s, tar files in entries .cls"
                            .formatted(data.name(0), use, String.join(" or ", PARQUET_LABELS)));
        }
    }

    private static IllegalArgumentException scenesHaveNoLabels() {
        return new IllegalArgumentException(
                "data.source: scenes have no labels of whole pictures; use them for a tokenizer, pre-training or segmentation");
    }

    /**
     * What lies at a path, by its look: a Parquet file, a tar shard, a list, or a folder of those, of IDX or CIFAR files, of pictures
     * with masks (ADE20K's, or with names in {@code classes.txt}), of classes, or of pictures.
     *
     * @throws PictureException when nothing there can be read
     */
    public static Dataset at(Path path) {
        String name = String.valueOf(path.getFileName());
        if (Files.isRegularFile(path)) {
            if (name.endsWith(".parquet")) {
                return parquet(List.of(path), reader());
            }
            if (name.endsWith(".tar")) {
                return new WebDataset(List.of(path), List.of(), reader());
            }
            if (name.endsWith(".txt") || name.endsWith(".tsv")) {
                return ListFile.open(path, reader());
            }
            throw new PictureException(
                    path.toString(), "is no data set; name a folder, a list .txt, a .parquet or a .tar");
        }
        if (!Files.isDirectory(path)) {
            throw new PictureException(path.toString(), "no such file or folder");
        }
        if (!matching(path, "*.parquet").isEmpty()) {
            return parquet(matching(path, "*.parquet"), reader());
        }
        if (!matching(path, "*.tar").isEmpty()) {
            return new WebDataset(matching(path, "*.tar"), classNames(path), reader());
        }
        if (!matching(path, "train-images-idx3-ubyte*").isEmpty()) {
            return FashionMnist.folder(path, FashionMnist.Part.TRAIN);
        }
        if (!matching(path, "data_batch_*.bin").isEmpty()) {
            return Cifar.ten(path, true);
        }
        if (Files.isRegularFile(path.resolve("fine_label_names.txt"))) {
            return Cifar.hundred(path, true, true);
        }
        if (Files.isDirectory(path.resolve("annotations"))) {
            return Files.isRegularFile(path.resolve(CLASSES))
                    ? new SegmentationFolder(
                            path.resolve("images/training"),
                            path.resolve("annotations/training"),
                            classNames(path),
                            false,
                            reader())
                    : SegmentationFolder.ade20k(path, true, numbered(SegmentDataRecipe.ADE20K_CLASSES), reader());
        }
        if (Files.isRegularFile(path.resolve(TRAINING_LIST))) {
            return ListFile.open(path.resolve(TRAINING_LIST), reader());
        }
        Path classes = Files.isDirectory(path.resolve("train")) ? path.resolve("train") : path;
        return matching(classes, "*").stream()
                        .noneMatch(file -> ImageFormat.named(file.getFileName().toString()))
                ? ImageFolder.classes(classes, reader())
                : ImageFolder.unlabelled(classes, reader());
    }

    private static List<String> numbered(int classes) {
        return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    }

    private static Dataset parquet(List<Path> files, ImageReader reader) {
        return new ParquetPictures(files, PARQUET_PICTURES, PARQUET_LABELS, reader);
    }

    private static Dataset shards(DataRecipe recipe, String pattern) {
        return new WebDataset(files(recipe, pattern), classNames(path(recipe)), reader(recipe));
    }

    private static List<String> classNames(Path folder) {
        Path file = folder.resolve(CLASSES);
        try {
            return Files.isRegularFile(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new PictureException(file.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    /** The validation split where there is one: of ImageNet as Hugging Face keeps it the test split has no labels. */
    private static List<Path> testFiles(DataRecipe recipe) {
        List<Path> validation = matching(path(recipe), "validation*.parquet");
        return validation.isEmpty() ? files(recipe, "test*.parquet") : validation;
    }

    private static List<Path> files(DataRecipe recipe, String pattern) {
        List<Path> found = matching(path(recipe), pattern);
        if (found.isEmpty()) {
            throw new PictureException(path(recipe).toString(), "holds no file " + pattern);
        }
        return found;
    }

    private static List<Path> matching(Path folder, String pattern) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> content = Files.newDirectoryStream(folder, pattern)) {
            content.forEach(found::add);
        } catch (IOException e) {
            throw new PictureException(folder.toString(), "cannot be read: " + e.getMessage(), e);
        }
        Collections.sort(found);
        return found;
    }

    private static Dataset drawings(DataRecipe recipe, boolean train) {
        return recipe.path() == null
                ? ColourDrawings.bundled(train)
                : ColourDrawings.folder(Path.of(recipe.path()), train);
    }

    private static Path fashion(DataRecipe recipe) {
        return recipe.path() == null ? FashionMnist.DEBIAN_FOLDER : path(recipe);
    }

    private static Path path(DataRecipe recipe) {
        return Path.of(Objects.requireNonNull(recipe.path()));
    }

    /** Which decoder reads JPEG files here. */
    public static String decoder() {
        return TurboJpeg.open().isPresent()
                ? "libjpeg-turbo"
                : "the JDK's; libjpeg-turbo gives the same bytes in half the time (Debian: libturbojpeg0)";
    }

    /** Says which decoder reads the JPEG files of a source that may hold some. */
    static void announceDecoder(DataRecipe recipe, Consumer<String> notes) {
        switch (recipe.source()) {
            case IMAGE_FOLDER, UNLABELLED_FOLDER, PARQUET, WEB_DATASET, LIST_FILE ->
                notes.accept("JPEG decoder: " + decoder());
            case FASHION_MNIST_SAMPLE, FASHION_MNIST, DRAWINGS_SAMPLE, CIFAR_10, CIFAR_100 -> {
                // no compressed pictures in there
            }
        }
    }

    /** Decodes JPEG through libjpeg-turbo where the system has it: the same bytes, sooner. */
    public static ImageReader reader() {
        return reader(false);
    }

    private static ImageReader reader(DataRecipe recipe) {
        return reader(recipe.exifOrientation());
    }

    private static ImageReader reader(boolean orientation) {
        return new ImageReader(new DecodeOptions(DecodeOptions.DEFAULT.pixelLimit(), orientation, TurboJpeg.open()));
    }

    private static Dataset limited(Dataset data, int limit) {
        return limit == 0 || limit >= data.size() ? data : Subset.first(data, limit);
    }
}
