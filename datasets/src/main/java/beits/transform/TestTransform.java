package beits.transform;

import beits.image.Image;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * How a trained network reads a picture: by the official evaluation transform, but a picture that has the network's size to the
 * pixel is taken as it is, as in training on such pictures.
 *
 * @param size side of the square that the network reads
 */
public record TestTransform(int size) implements PictureTransform {
    public TestTransform {
        if (size < 1) {
            throw new IllegalArgumentException("size %d: at least 1".formatted(size));
        }
    }

    @Override
    public Image apply(Image image, UniformRandomProvider rng) {
        return apply(image);
    }

    /** The picture at {@code size} x {@code size}. */
    public Image apply(Image image) {
        return image.height() == size && image.width() == size ? image : new EvalTransform(size).apply(image);
    }
}
