package beits.transform;

import beits.image.ColorOps;
import beits.image.Image;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * torchvision's {@code ColorJitter} on Pillow pictures: brightness, contrast and saturation by a factor from
 * U(max(0, 1 − s), 1 + s) each, hue by a turn from U(−hue, hue), in a random order. A strength of 0 leaves that
 * operation out.
 */
public record ColorJitter(double brightness, double contrast, double saturation, double hue) {
    /** The official pre-training strengths: 0.4, 0.4, 0.4 and no hue. */
    public static final ColorJitter PRETRAIN = new ColorJitter(0.4, 0.4, 0.4, 0);

    public ColorJitter {
        if (!(brightness >= 0) || !(contrast >= 0) || !(saturation >= 0) || !(hue >= 0 && hue <= 0.5)) {
            throw new IllegalArgumentException("colour jitter %s, %s, %s, %s: not negative, hue at most 0.5"
                    .formatted(brightness, contrast, saturation, hue));
        }
    }

    /** One drawn operation. */
    public sealed interface Step {
        record Brightness(double factor) implements Step {}

        record Contrast(double factor) implements Step {}

        record Saturation(double factor) implements Step {}

        record Hue(double turn) implements Step {}
    }

    /** Operations in the order in which they are applied. */
    public List<Step> draw(UniformRandomProvider rng) {
        List<Step> steps = new ArrayList<>(4);
        if (brightness > 0) {
            steps.add(new Step.Brightness(factor(brightness, rng)));
        }
        if (contrast > 0) {
            steps.add(new Step.Contrast(factor(contrast, rng)));
        }
        if (saturation > 0) {
            steps.add(new Step.Saturation(factor(saturation, rng)));
        }
        if (hue > 0) {
            steps.add(new Step.Hue(Draws.uniform(rng, -hue, hue)));
        }
        for (int i = steps.size() - 1; i > 0; i--) {
            Collections.swap(steps, i, rng.nextInt(i + 1));
        }
        return steps;
    }

    private static double factor(double strength, UniformRandomProvider rng) {
        return Draws.uniform(rng, Math.max(0, 1 - strength), 1 + strength);
    }

    /** Applies drawn operations in their order. */
    public static Image apply(Image image, List<Step> steps) {
        Image out = image;
        for (Step step : steps) {
            out = switch (step) {
                case Step.Brightness(double factor) -> ColorOps.brightness(out, factor);
                case Step.Contrast(double factor) -> ColorOps.contrast(out, factor);
                case Step.Saturation(double factor) -> ColorOps.saturation(out, factor);
                case Step.Hue(double turn) -> ColorOps.hue(out, turn);
            };
        }
        return out;
    }
}
