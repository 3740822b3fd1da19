package beits.transform;

import static beits.transform.RandAugment.Op.AUTO_CONTRAST;
import static beits.transform.RandAugment.Op.COLOR;
import static beits.transform.RandAugment.Op.CONTRAST;
import static beits.transform.RandAugment.Op.EQUALIZE;
import static beits.transform.RandAugment.Op.INVERT;
import static beits.transform.RandAugment.Op.POSTERIZE_ORIGINAL;
import static beits.transform.RandAugment.Op.ROTATE;
import static beits.transform.RandAugment.Op.SHARPNESS;
import static beits.transform.RandAugment.Op.SHEAR_X;
import static beits.transform.RandAugment.Op.SOLARIZE;

import beits.image.Image;
import beits.image.Resampling;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.NormalizedGaussianSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/**
 * AutoAugment with the policy found for ImageNet (Cubuk et al., arXiv 1805.09501, Table 9; timm's {@code original}): one of 25
 * pairs of operations is drawn, each of the two is applied with its own probability and magnitude.
 *
 * @param deviation of the magnitudes around the policy's ({@code mstd}), 0 for none
 * @param fill red, green, blue outside the picture for the geometric operations
 * @param filter interpolation of the geometric operations, bilinear or bicubic
 */
public record AutoAugment(double deviation, List<Integer> fill, Resampling filter) implements PictureTransform {
    /**
     * One operation of a pair.
     *
     * @param magnitude 0 to 10
     */
    public record Step(RandAugment.Op operation, double probability, double magnitude) {}

    /** The 25 pairs. */
    public static final List<List<Step>> POLICY = List.of(
            pair(POSTERIZE_ORIGINAL, 0.4, 8, ROTATE, 0.6, 9),
            pair(SOLARIZE, 0.6, 5, AUTO_CONTRAST, 0.6, 5),
            pair(EQUALIZE, 0.8, 8, EQUALIZE, 0.6, 3),
            pair(POSTERIZE_ORIGINAL, 0.6, 7, POSTERIZE_ORIGINAL, 0.6, 6),
            pair(EQUALIZE, 0.4, 7, SOLARIZE, 0.2, 4),
            pair(EQUALIZE, 0.4, 4, ROTATE, 0.8, 8),
            pair(SOLARIZE, 0.6, 3, EQUALIZE, 0.6, 7),
            pair(POSTERIZE_ORIGINAL, 0.8, 5, EQUALIZE, 1, 2),
            pair(ROTATE, 0.2, 3, SOLARIZE, 0.6, 8),
            pair(EQUALIZE, 0.6, 8, POSTERIZE_ORIGINAL, 0.4, 6),
            pair(ROTATE, 0.8, 8, COLOR, 0.4, 0),
            pair(ROTATE, 0.4, 9, EQUALIZE, 0.6, 2),
            pair(EQUALIZE, 0, 7, EQUALIZE, 0.8, 8),
            pair(INVERT, 0.6, 4, EQUALIZE, 1, 8),
            pair(COLOR, 0.6, 4, CONTRAST, 1, 8),
            pair(ROTATE, 0.8, 8, COLOR, 1, 2),
            pair(COLOR, 0.8, 8, SOLARIZE, 0.8, 7),
            pair(SHARPNESS, 0.4, 7, INVERT, 0.6, 8),
            pair(SHEAR_X, 0.6, 5, EQUALIZE, 1, 9),
            pair(COLOR, 0.4, 0, EQUALIZE, 0.6, 3),
            pair(EQUALIZE, 0.4, 7, SOLARIZE, 0.2, 4),
            pair(SOLARIZE, 0.6, 5, AUTO_CONTRAST, 0.6, 5),
            pair(INVERT, 0.6, 4, EQUALIZE, 1, 8),
            pair(COLOR, 0.6, 4, CONTRAST, 1, 8),
            pair(EQUALIZE, 0.8, 8, EQUALIZE, 0.6, 3));

    public AutoAugment {
        fill = List.copyOf(fill);
        if (!(deviation >= 0)) {
            throw new IllegalArgumentException("AutoAugment with deviation " + deviation + ": not negative");
        }
    }

    private static List<Step> pair(
            RandAugment.Op first, double p, double magnitude, RandAugment.Op second, double q, double other) {
        return List.of(new Step(first, p, magnitude), new Step(second, q, other));
    }

    @Override
    public Image apply(Image image, UniformRandomProvider rng) {
        NormalizedGaussianSampler normal = ZigguratSampler.NormalizedGaussian.of(rng);
        int[] colour = fill.stream().mapToInt(v -> v).toArray();
        Image out = image;
        for (Step step : POLICY.get(rng.nextInt(POLICY.size()))) {
            boolean applied = rng.nextDouble() < step.probability();
            double drawn = RandAugment.draw(step.magnitude(), deviation, normal);
            boolean negative = step.operation().signed() && rng.nextBoolean();
            if (applied) {
                out = step.operation().apply(out, step.operation().argument(drawn, negative, 0), filter, colour);
            }
        }
        return out;
    }
}
