package beits.transform;

import beits.image.Image;
import org.apache.commons.rng.UniformRandomProvider;

/** {@link ColorJitter} as a step of a pipeline. */
public record Jitter(ColorJitter strengths) implements PictureTransform {
    @Override
    public Image apply(Image image, UniformRandomProvider rng) {
        return ColorJitter.apply(image, strengths.draw(rng));
    }
}
