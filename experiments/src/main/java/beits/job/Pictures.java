package beits.job;

import beits.data.Dataset;
import beits.data.Subset;
import beits.data.source.Cifar;
import beits.data.source.ColourDrawings;
import beits.data.source.FashionMnist;
import beits.data.source.ImageFolder;
import beits.image.DecodeOptions;
import beits.image.ImageReader;
import beits.recipe.DataRecipe;
import java.nio.file.Path;
import java.util.Objects;

/** The data sets that recipes name. */
public final class Pictures {
    private Pictures() {}

    /** Pictures to train on. */
    public static Dataset training(DataRecipe recipe) {
        return limited(
                switch (recipe.source()) {
                    case FASHION_MNIST_SAMPLE -> FashionMnist.bundled(FashionMnist.Part.TRAIN);
                    case FASHION_MNIST -> FashionMnist.folder(fashion(recipe), FashionMnist.Part.TRAIN);
                    case DRAWINGS_SAMPLE -> ColourDrawings.bundled(true);
                    case CIFAR_10 -> Cifar.ten(path(recipe), true);
                    case CIFAR_100 -> Cifar.hundred(path(recipe), true, true);
                    case IMAGE_FOLDER -> ImageFolder.classes(path(recipe).resolve("train"), reader());
                    case UNLABELLED_FOLDER -> ImageFolder.unlabelled(path(recipe), reader());
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
            case DRAWINGS_SAMPLE -> ColourDrawings.bundled(false);
            case CIFAR_10 -> Cifar.ten(path(recipe), false);
            case CIFAR_100 -> Cifar.hundred(path(recipe), false, true);
            case IMAGE_FOLDER -> ImageFolder.classes(path(recipe).resolve("val"), reader());
            case UNLABELLED_FOLDER ->
                throw new IllegalArgumentException(
                        "data.source: UNLABELLED_FOLDER has no labels to measure with; use IMAGE_FOLDER");
        };
    }

    private static Path fashion(DataRecipe recipe) {
        return recipe.path() == null ? FashionMnist.DEBIAN_FOLDER : path(recipe);
    }

    private static Path path(DataRecipe recipe) {
        return Path.of(Objects.requireNonNull(recipe.path()));
    }

    private static ImageReader reader() {
        return new ImageReader(DecodeOptions.DEFAULT);
    }

    private static Dataset limited(Dataset data, int limit) {
        return limit == 0 || limit >= data.size() ? data : Subset.first(data, limit);
    }
}
