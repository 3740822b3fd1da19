package beits.transform;

import beits.image.Image;
import org.apache.commons.rng.UniformRandomProvider;

/** Exchanges left and right with the given probability. */
public record Flip(double probability) implements PictureTransform {
    @Override
    public Image apply(Image image, UniformRandomProvider rng) {
        return rng.nextDouble() < probability ? image.flipped() : image;
    }
}
