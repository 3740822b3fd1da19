package beits.job;

import beits.device.Device;
import beits.recipe.FinetuneRecipe;
import beits.recipe.SegmentRecipe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.inference.TTest;
import org.jspecify.annotations.Nullable;

/** The few-label protocol: the same network fine-tuned from pre-trained weights and from scratch, on the same labels, for several seeds. */
public final class FewLabels {
    private FewLabels() {}

    /**
     * One seed. It decides the labels, the start values of what is not pre-trained, the order and the augmentation, alike for both.
     *
     * @param labels labelled pictures: of a class, or in all when every pixel has one
     * @param seed of both runs
     * @param pretrained top-1 or mean IoU on the test pictures when started from the checkpoint
     * @param scratch the same when started from scratch
     */
    public record Pair(int labels, long seed, double pretrained, double scratch) {}

    /**
     * All seeds of one number of labels.
     *
     * @param pretrained mean of the scores
     * @param scratch mean of the scores
     * @param deviation of the differences between the two, from one seed to another
     * @param t statistic of the paired t-test, of as many degrees of freedom as there are seeds less one
     * @param p its two-sided p-value: how likely so large a difference would be if there were none
     */
    public record Summary(int seeds, double pretrained, double scratch, double deviation, double t, double p) {
        /** Sums up pairs; with one pair, or differences all alike, deviation or test are not numbers. */
        public static Summary of(List<Pair> pairs) {
            double[] pretrained = pairs.stream().mapToDouble(Pair::pretrained).toArray();
            double[] scratch = pairs.stream().mapToDouble(Pair::scratch).toArray();
            double[] differences = new double[pretrained.length];
            for (int i = 0; i < differences.length; i++) {
                differences[i] = pretrained[i] - scratch[i];
            }
            double deviation = differences.length < 2 ? Double.NaN : Math.sqrt(StatUtils.variance(differences));
            // With no variance the statistic has no value, which the library tells by an exception or infinity.
            boolean testable = deviation > 0;
            TTest test = new TTest();
            return new Summary(
                    pretrained.length,
                    StatUtils.mean(pretrained),
                    StatUtils.mean(scratch),
                    deviation,
                    testable ? test.pairedT(pretrained, scratch) : Double.NaN,
                    testable ? test.pairedTTest(pretrained, scratch) : Double.NaN);
        }
    }

    /** Fine-tunes once and measures. */
    @FunctionalInterface
    public interface Arm {
        /**
         * Fine-tunes.
         *
         * @param start what to start from, or none for from scratch
         * @param seed of the run
         * @return the score on the test pictures
         */
        double score(@Nullable StartWeights start, long seed, JobContext context) throws IOException;
    }

    /**
     * The top-1 of a classifier.
     *
     * @param recipe its own number of labels and seed are not used
     * @param labels labelled pictures of a class
     */
    public static Arm top1(FinetuneRecipe recipe, int labels) {
        return (start, seed, context) -> FinetuneJob.run(
                        recipe.with(labels, recipe.optim(), seed), start, context, (_, _) -> {})
                .accuracy()
                .top1();
    }

    /**
     * The mean IoU of a segmentation model.
     *
     * @param recipe its own number of pictures and seed are not used
     * @param labels pictures with a class for each pixel
     */
    public static Arm meanIou(SegmentRecipe recipe, int labels) {
        return (start, seed, context) -> SegmentJob.run(recipe.with(labels, seed), start, context, _ -> {})
                .metrics()
                .meanIou();
    }

    /**
     * Fine-tunes from the checkpoint and from scratch for every seed.
     *
     * @param arm the one that starts from the checkpoint
     * @param scratchArm the one from scratch, which may have a learning rate of its own
     * @param labels what the pairs are told to have
     * @param firstSeed the others are counted up from it
     * @param notes hears what the user should know, one line each
     * @param pairs hears every pair as soon as it is known
     */
    public static List<Pair> run(
            Device device,
            Arm arm,
            Arm scratchArm,
            StartWeights pretrained,
            int labels,
            long firstSeed,
            int seeds,
            Consumer<String> notes,
            Consumer<Pair> pairs)
            throws IOException {
        List<Pair> all = new ArrayList<>();
        for (int i = 0; i < seeds; i++) {
            long seed = firstSeed + i;
            JobContext context = new JobContext(device, null, false, _ -> {}, i == 0 ? notes : _ -> {}, () -> false);
            Pair pair =
                    new Pair(labels, seed, arm.score(pretrained, seed, context), scratchArm.score(null, seed, context));
            pairs.accept(pair);
            all.add(pair);
        }
        return all;
    }
}
