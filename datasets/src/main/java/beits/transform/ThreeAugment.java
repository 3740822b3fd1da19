package beits.transform;

import beits.image.Blur;
import beits.image.ColorOps;
import beits.image.Image;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * DeiT III's three-augment: grey, solarised (threshold 128) or blurred (radius U(0.1, 2)), one of the three, then colour
 * jitter of the given strength.
 */
public record ThreeAugment(double jitter) implements PictureTransform {
    @Override
    public Image apply(Image image, UniformRandomProvider rng) {
        Image changed = switch (rng.nextInt(3)) {
            case 0 -> image.channels() == 1 ? image : image.grey().rgb();
            case 1 -> ColorOps.solarize(image, 128);
            default -> Blur.gaussian(image, Draws.uniform(rng, 0.1, 2));
        };
        return ColorJitter.apply(changed, new ColorJitter(jitter, jitter, jitter, 0).draw(rng));
    }
}
