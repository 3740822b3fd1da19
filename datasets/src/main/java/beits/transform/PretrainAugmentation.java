package beits.transform;

import beits.image.Box;
import beits.image.Image;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * The official pre-training augmentation (quirk 28): colour jitter, flip with probability one half, one crop box, two
 * resizes. Both views share every draw.
 */
public record PretrainAugmentation(ColorJitter jitter, boolean flip, TwoViewCrop views) {

    /** What is drawn for one picture; the box counts in the flipped picture. */
    public record Draw(List<ColorJitter.Step> jitter, boolean flip, Box box) {}

    /** The patch view and the token view, not yet normalised. */
    public record Views(Image patches, Image tokens) {}

    /** Draws for a picture of the given size. */
    public Draw draw(int height, int width, UniformRandomProvider rng) {
        List<ColorJitter.Step> steps = jitter.draw(rng);
        boolean flipped = flip && rng.nextBoolean();
        return new Draw(steps, flipped, views.crop().draw(height, width, rng));
    }

    /** Applies drawn values. */
    public Views apply(Image image, Draw draw) {
        Image jittered = ColorJitter.apply(image, draw.jitter());
        Image turned = draw.flip() ? jittered.flipped() : jittered;
        return new Views(views.patchView(turned, draw.box()), views.tokenView(turned, draw.box()));
    }
}
