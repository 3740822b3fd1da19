package beits.recipe;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Where pictures come from.
 *
 * @param source which format
 * @param path folder of the data; none for bundled data and for the folder of Debian's package
 * @param limit how many pictures to use at most, 0 for all
 * @param skipBroken whether a picture that cannot be read is named, counted and left out, the next readable one training
 *     in its place; else it ends the run
 * @param exifOrientation whether pictures are turned as their camera noted, as browsers show them; the official code does not
 */
public record DataRecipe(Source source, @Nullable String path, int limit, boolean skipBroken, boolean exifOrientation) {
    /** Formats. */
    public enum Source {
        /** The bundled 10,000 training and 2,000 test pictures of Fashion-MNIST. */
        FASHION_MNIST_SAMPLE,
        /** Fashion-MNIST as IDX files in {@code path}, else where Debian's package puts them. */
        FASHION_MNIST,
        /** The bundled colour drawings, 64 x 64 pixels, or those that {@code beits data drawings} made in {@code path}. */
        DRAWINGS_SAMPLE,
        /** CIFAR-10's binary files in {@code path}. */
        CIFAR_10,
        /** CIFAR-100's binary files in {@code path}, with the fine labels. */
        CIFAR_100,
        /** {@code path/train/class/*.jpeg} and {@code path/val/class/*.jpeg}, as torchvision's ImageFolder. */
        IMAGE_FOLDER,
        /** All pictures below {@code path}, without labels. */
        UNLABELLED_FOLDER,
        /**
         * Hugging Face's files {@code path/train*.parquet} and {@code path/test*.parquet} or {@code validation*.parquet}; for a tokenizer and
         * pre-training they need no labels.
         */
        PARQUET,
        /** WebDataset's shards {@code path/train*.tar} and {@code path/val*.tar}; names of classes, one a line, in {@code path/classes.txt}. */
        WEB_DATASET,
        /** {@code limit} scenes generated from the bundled pictures, without labels; those that segmentation with the same seed trains on. */
        SCENES,
        /** As {@code scenes}, one or two at their own size on black. */
        PLAIN_SCENES,
        /** Lists {@code path/train.txt} and {@code path/val.txt}: a picture a line, a tab, its label. */
        LIST_FILE;

        /** Whether pictures can be found without a path. */
        public boolean needsNoPath() {
            return this == FASHION_MNIST_SAMPLE || this == FASHION_MNIST || this == DRAWINGS_SAMPLE || generated();
        }

        /** Whether pictures are made when they are asked for. */
        public boolean generated() {
            return this == SCENES || this == PLAIN_SCENES;
        }
    }

    /** Classes of the data sets whose folders the recipes name that come along; a folder may hold anything else, too. */
    private static final Map<String, Integer> CLASSES = Map.of("imagenet", 1000, "imagenet22k", 21_841);

    public DataRecipe {
        Check.that(limit >= 0, "data.limit", limit, "0 for all, or above");
        Check.that(!source.generated() || limit >= 1, "data.limit", limit, "at least 1: how many scenes");
        Check.that(source.needsNoPath() || path != null, "data.path", "nothing", "the folder of the data");
    }

    /** How many classes the data is known to have without looking at it: by its format, else by the name of its folder. */
    public OptionalInt knownClasses() {
        return switch (source) {
            case FASHION_MNIST_SAMPLE, FASHION_MNIST, DRAWINGS_SAMPLE, CIFAR_10 -> OptionalInt.of(10);
            case CIFAR_100 -> OptionalInt.of(100);
            case IMAGE_FOLDER, PARQUET, WEB_DATASET, LIST_FILE -> {
                String folder = path == null ? "" : String.valueOf(Path.of(path).getFileName());
                Integer classes = CLASSES.get(folder.toLowerCase(Locale.ROOT));
                yield classes == null ? OptionalInt.empty() : OptionalInt.of(classes);
            }
            case UNLABELLED_FOLDER, SCENES, PLAIN_SCENES -> OptionalInt.empty();
        };
    }
}
