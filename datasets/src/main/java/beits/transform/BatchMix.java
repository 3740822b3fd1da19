package beits.transform;

import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.AhrensDieterMarsagliaTsangGammaSampler;

/**
 * Mixup and CutMix with soft targets (timm's {@code Mixup}, quirk 17): sample i is mixed with sample n − 1 − i,
 *
 * <pre>  mixup:  x ← λ x + (1 − λ) x',  cutmix:  a box of x ← that box of x', λ ← 1 − box / picture
 *   target ← λ y + (1 − λ) y',  y = 1 − s + s/K at the label and s/K elsewhere</pre>
 *
 * λ ~ Beta(α, α) of the method drawn.
 *
 * @param mixupAlpha α of mixup, 0 for never
 * @param cutmixAlpha α of cutmix, 0 for never
 * @param probability that anything is mixed
 * @param switchProbability of cutmix when both are on
 * @param mode whether λ and box are drawn once a batch, for each pair or for each element
 * @param smoothing s, the label smoothing
 * @param classes K
 */
public record BatchMix(
        double mixupAlpha,
        double cutmixAlpha,
        double probability,
        double switchProbability,
        Mode mode,
        double smoothing,
        int classes) {

    /** How often λ and the box are drawn. */
    public enum Mode {
        BATCH,
        PAIR,
        ELEMENT
    }

    public BatchMix {
        if (mixupAlpha < 0 || cutmixAlpha < 0 || classes < 1 || !(smoothing >= 0 && smoothing < 1)) {
            throw new IllegalArgumentException("mixup alpha %s, cutmix alpha %s, %d classes, smoothing %s"
                    .formatted(mixupAlpha, cutmixAlpha, classes, smoothing));
        }
    }

    /** How two pictures are put together. */
    public sealed interface Mixture {
        /** Share of the first picture. */
        double lambda();

        record Mixup(double lambda) implements Mixture {}

        /** Rows {@code top} to {@code bottom} and columns {@code left} to {@code right} (ends excluded) are replaced. */
        record Cutmix(int top, int bottom, int left, int right, double lambda) implements Mixture {}
    }

    /** Draws one mixture; λ = 1 leaves pictures alone. */
    public Mixture draw(int height, int width, UniformRandomProvider rng) {
        boolean any = mixupAlpha > 0 || cutmixAlpha > 0;
        if (!any || rng.nextDouble() >= probability) {
            return new Mixture.Mixup(1);
        }
        boolean cut = cutmixAlpha > 0 && (mixupAlpha == 0 || rng.nextDouble() < switchProbability);
        double lambda = beta(cut ? cutmixAlpha : mixupAlpha, rng);
        return cut ? cutmix(lambda, height, width, rng) : new Mixture.Mixup(lambda);
    }

    /** A box of share 1 − λ about a uniform centre, clipped; λ is corrected for what was clipped. */
    private static Mixture.Cutmix cutmix(double lambda, int height, int width, UniformRandomProvider rng) {
        double ratio = Math.sqrt(1 - lambda);
        int cutHeight = (int) (height * ratio);
        int cutWidth = (int) (width * ratio);
        int y = rng.nextInt(height);
        int x = rng.nextInt(width);
        int top = Math.clamp(y - cutHeight / 2, 0, height);
        int bottom = Math.clamp(y + cutHeight / 2, 0, height);
        int left = Math.clamp(x - cutWidth / 2, 0, width);
        int right = Math.clamp(x + cutWidth / 2, 0, width);
        return boxed(top, bottom, left, right, height, width);
    }

    /** CutMix of a given box, with the λ that follows from it. */
    public static Mixture.Cutmix boxed(int top, int bottom, int left, int right, int height, int width) {
        return new Mixture.Cutmix(
                top, bottom, left, right, 1 - (double) (bottom - top) * (right - left) / ((double) height * width));
    }

    private static double beta(double alpha, UniformRandomProvider rng) {
        var gamma = AhrensDieterMarsagliaTsangGammaSampler.of(rng, alpha, 1);
        double a = gamma.sample();
        double b = gamma.sample();
        return a + b == 0 ? 0.5 : a / (a + b);
    }

    /**
     * Draws, mixes {@code count} pictures [count, channels, height, width] in place, and writes targets
     * [count, classes].
     */
    public void apply(
            float[] images,
            int[] labels,
            float[] targets,
            int count,
            int channels,
            int height,
            int width,
            UniformRandomProvider rng) {
        Mixture[] mixtures = new Mixture[count];
        for (int i = 0; i < count; i++) {
            mixtures[i] = switch (mode) {
                case BATCH -> i == 0 ? draw(height, width, rng) : mixtures[0];
                case PAIR -> i < (count + 1) / 2 ? draw(height, width, rng) : mixtures[count - 1 - i];
                case ELEMENT -> draw(height, width, rng);
            };
        }
        mix(images, labels, targets, channels, height, width, mixtures);
    }

    /** Mixes with given mixtures, one a picture. */
    public void mix(
            float[] images, int[] labels, float[] targets, int channels, int height, int width, Mixture[] mixtures) {
        int length = channels * height * width;
        int count = mixtures.length;
        float[] second = new float[length];
        float[] first = new float[length];
        for (int i = 0; i <= (count - 1) / 2 && count > 0; i++) {
            int j = count - 1 - i;
            System.arraycopy(images, i * length, first, 0, length);
            System.arraycopy(images, j * length, second, 0, length);
            blend(images, i * length, second, mixtures[i], channels, height, width);
            if (j != i) {
                blend(images, j * length, first, mixtures[j], channels, height, width);
            }
        }
        float off = (float) (smoothing / classes);
        float on = (float) (1 - smoothing + smoothing / classes);
        for (int i = 0; i < count; i++) {
            float share = (float) mixtures[i].lambda();
            float rest = (float) (1 - mixtures[i].lambda());
            int label = labels[i];
            int other = labels[count - 1 - i];
            if (label < 0 || other < 0 || label >= classes || other >= classes) {
                throw new IllegalArgumentException(
                        "labels %d and %d mixed with %d classes".formatted(label, other, classes));
            }
            int row = i * classes;
            Arrays.fill(targets, row, row + classes, off * share + off * rest);
            targets[row + label] = on * share + (other == label ? on : off) * rest;
            if (other != label) {
                targets[row + other] = off * share + on * rest;
            }
        }
    }

    private static void blend(
            float[] images, int offset, float[] other, Mixture mixture, int channels, int height, int width) {
        switch (mixture) {
            case Mixture.Mixup(double lambda) -> {
                float share = (float) lambda;
                float rest = (float) (1 - lambda);
                for (int i = 0; i < other.length; i++) {
                    images[offset + i] = images[offset + i] * share + other[i] * rest;
                }
            }
            case Mixture.Cutmix cut -> {
                for (int c = 0; c < channels; c++) {
                    for (int y = cut.top(); y < cut.bottom(); y++) {
                        int row = (c * height + y) * width;
                        System.arraycopy(
                                other, row + cut.left(), images, offset + row + cut.left(), cut.right() - cut.left());
                    }
                }
            }
        }
    }
}
