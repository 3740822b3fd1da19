package beits.transform;

import beits.image.Box;
import java.util.Optional;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/**
 * Random erasing after normalisation (timm, mode "pixel"): with the given probability a box of area
 * U(minArea, maxArea) of the picture and log-uniform aspect in [minAspect, 1/minAspect] is filled with independent
 * standard normal values; up to ten tries at a box smaller than the picture.
 */
public record RandomErasing(double probability, double minArea, double maxArea, double minAspect) {
    private static final int TRIES = 10;

    public RandomErasing {
        if (!(probability >= 0 && probability <= 1) || !(minArea >= 0) || maxArea < minArea || !(minAspect > 0)) {
            throw new IllegalArgumentException("erasing with probability %s, area %s to %s, aspect %s"
                    .formatted(probability, minArea, maxArea, minAspect));
        }
    }

    /** The official areas, 0.02 to 1/3, and aspect, 0.3. */
    public RandomErasing(double probability) {
        this(probability, 0.02, 1.0 / 3, 0.3);
    }

    /** The box to erase, or none. */
    public Optional<Box> draw(int height, int width, UniformRandomProvider rng) {
        if (rng.nextDouble() >= probability) {
            return Optional.empty();
        }
        for (int i = 0; i < TRIES; i++) {
            double area = Draws.uniform(rng, minArea, maxArea) * height * width;
            double aspect = Draws.logUniform(rng, minAspect, 1 / minAspect);
            int h = Draws.round(Math.sqrt(area * aspect));
            int w = Draws.round(Math.sqrt(area / aspect));
            if (w < width && h < height && w > 0 && h > 0) {
                return Optional.of(new Box(Draws.between(rng, 0, height - h), Draws.between(rng, 0, width - w), h, w));
            }
        }
        return Optional.empty();
    }

    /** Erases in place a picture [channels, height, width] that begins at {@code offset}. */
    public void apply(float[] images, int offset, int channels, int height, int width, UniformRandomProvider rng) {
        Box box = draw(height, width, rng).orElse(null);
        if (box == null) {
            return;
        }
        var normal = ZigguratSampler.NormalizedGaussian.of(rng);
        for (int c = 0; c < channels; c++) {
            for (int y = box.top(); y < box.top() + box.height(); y++) {
                int from = offset + (c * height + y) * width + box.left();
                for (int x = 0; x < box.width(); x++) {
                    images[from + x] = (float) normal.sample();
                }
            }
        }
    }
}
