package beits.transform;

import beits.image.Image;
import beits.image.Resampling;
import beits.image.Resize;
import org.apache.commons.rng.UniformRandomProvider;

/** A random resized crop to {@code size} x {@code size}: the fine-tuning crop. */
public record CropResize(RandomResizedCrop crop, int size, Resampling filter) implements PictureTransform {
    @Override
    public Image apply(Image image, UniformRandomProvider rng) {
        return Resize.resize(image, crop.draw(image, rng), size, size, filter);
    }
}
