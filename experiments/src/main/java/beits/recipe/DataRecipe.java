package beits.recipe;

import org.jspecify.annotations.Nullable;

/**
 * Where pictures come from.
 *
 * @param source which format
 * @param path folder of the data; none for bundled data
 * @param limit how many pictures to use at most, 0 for all
 */
public record DataRecipe(Source source, @Nullable String path, int limit) {
    /** Formats. */
    public enum Source {
        /** The bundled 10,000 training and 2,000 test pictures of Fashion-MNIST. */
        FASHION_MNIST_SAMPLE,
        /** Fashion-MNIST or MNIST as IDX files in {@code path}. */
        FASHION_MNIST,
        /** {@code path/train/class/*.jpeg} and {@code path/val/class/*.jpeg}, as torchvision's ImageFolder. */
        IMAGE_FOLDER,
        /** All pictures below {@code path}, without labels. */
        UNLABELLED_FOLDER
    }

    public DataRecipe {
        Check.that(limit >= 0, "data.limit", limit, "0 for all, or above");
        Check.that(
                source == Source.FASHION_MNIST_SAMPLE || path != null,
                "data.path",
                "nothing",
                "the folder of the data");
    }
}
