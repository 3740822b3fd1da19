package beits.transform;

import beits.image.Box;
import beits.image.Image;
import beits.image.Resampling;
import beits.image.Resize;

/**
 * The same box of a picture twice: resized to {@code size} for the patches and to {@code secondSize} for the tokenizer
 * (official {@code RandomResizedCropAndInterpolationWithTwoPic}; 224 bicubic and 112 Lanczos).
 */
public record TwoViewCrop(
        RandomResizedCrop crop, int size, Resampling filter, int secondSize, Resampling secondFilter) {

    public TwoViewCrop {
        if (size < 1 || secondSize < 1) {
            throw new IllegalArgumentException("views of %d and %d pixels".formatted(size, secondSize));
        }
    }

    /** The official filters and crop. */
    public TwoViewCrop(int size, int secondSize) {
        this(RandomResizedCrop.DEFAULT, size, Resampling.BICUBIC, secondSize, Resampling.LANCZOS);
    }

    /** The patch view, {@code size} x {@code size}. */
    public Image patchView(Image image, Box box) {
        return Resize.resize(image, box, size, size, filter);
    }

    /** The token view, {@code secondSize} x {@code secondSize}. */
    public Image tokenView(Image image, Box box) {
        return Resize.resize(image, box, secondSize, secondSize, secondFilter);
    }
}
