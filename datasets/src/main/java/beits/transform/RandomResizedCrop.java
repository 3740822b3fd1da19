package beits.transform;

import beits.image.Box;
import beits.image.Image;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Draws the box of a random resized crop (torchvision's {@code RandomResizedCrop.get_params}, which the official
 * two-picture crop repeats): up to ten tries at a box of
 *
 * <pre>  area ~ U(minScale, maxScale) · picture,  log(w/h) ~ U(log minRatio, log maxRatio)</pre>
 *
 * that fits; else the largest central box whose ratio is within the bounds.
 */
public record RandomResizedCrop(double minScale, double maxScale, double minRatio, double maxRatio) {
    /** Area 8 % to 100 %, ratio 3/4 to 4/3: the official default. */
    public static final RandomResizedCrop DEFAULT = new RandomResizedCrop(0.08, 1, 3.0 / 4, 4.0 / 3);

    private static final int TRIES = 10;

    public RandomResizedCrop {
        if (!(minScale > 0) || maxScale < minScale || maxScale > 1 || !(minRatio > 0) || maxRatio < minRatio) {
            throw new IllegalArgumentException("crop scale %s to %s, ratio %s to %s: scale within (0, 1], both in order"
                    .formatted(minScale, maxScale, minRatio, maxRatio));
        }
    }

    /** A box within a picture of the given size. */
    public Box draw(int height, int width, UniformRandomProvider rng) {
        double area = (double) height * width;
        for (int i = 0; i < TRIES; i++) {
            double target = Draws.uniform(rng, minScale, maxScale) * area;
            double ratio = Draws.logUniform(rng, minRatio, maxRatio);
            int w = Draws.round(Math.sqrt(target * ratio));
            int h = Draws.round(Math.sqrt(target / ratio));
            if (w > 0 && h > 0 && w <= width && h <= height) {
                return new Box(Draws.between(rng, 0, height - h), Draws.between(rng, 0, width - w), h, w);
            }
        }
        double ratio = (double) width / height;
        int w = ratio > maxRatio ? Math.max(1, Draws.round(height * maxRatio)) : width;
        int h = ratio < minRatio ? Math.max(1, Draws.round(width / minRatio)) : height;
        return new Box((height - h) / 2, (width - w) / 2, h, w);
    }

    /** A box for this picture. */
    public Box draw(Image image, UniformRandomProvider rng) {
        return draw(image.height(), image.width(), rng);
    }
}
