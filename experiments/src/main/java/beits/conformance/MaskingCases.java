package beits.conformance;

import beits.device.Device;
import beits.image.Box;
import beits.transform.BlockwiseMask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.distribution.ChiSquaredDistribution;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/** Statistics of many masks against as many of the official generator. */
final class MaskingCases implements CaseRunner {
    /** The official generator's smallest block unless stated. */
    private static final int LEAST_BLOCK = 4;

    private static final double LEAST_COUNT = 20;
    private static final double LEAST_PROBABILITY = 1e-4;

    /** Blocks of one mask depend on each other, which the official standard errors leave out of account. */
    private static final double DEPENDENCE = 2;

    @Override
    public void run(GoldenCase golden, Device device, Judge judge) {
        Fields config = golden.config();
        int[] grid = config.pair("input_size");
        int target = config.integer("num_masking_patches");
        double minAspect = config.number("min_aspect", 0.3);
        int draws = config.integer("draws");
        BlockwiseMask generator = new BlockwiseMask(
                grid[0],
                grid[1],
                target,
                config.integer("min_num_patches", LEAST_BLOCK),
                config.integer("max_num_patches", target),
                minAspect,
                config.number("max_aspect", 1 / minAspect));
        Tally tally = new Tally(grid[0], grid[1]);
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(config.whole("seed"));
        for (int i = 0; i < draws; i++) {
            tally.add(generator.drawBlocks(random));
        }
        tally.judge(golden, judge, target, draws);
    }

    private static final class Tally {
        private final int height;
        private final int width;
        private final Sample masked = new Sample();
        private final Sample blocks = new Sample();
        private final Sample blockHeight = new Sample();
        private final Sample blockWidth = new Sample();
        private final Sample blockArea = new Sample();
        private final Sample blockNew = new Sample();
        private final Sample blockAspect = new Sample();
        private final int[] positions;
        private final Histogram maskedCounts = new Histogram();
        private final Histogram blockCounts = new Histogram();
        private final Histogram heights = new Histogram();
        private final Histogram widths = new Histogram();
        private int most;

        Tally(int height, int width) {
            this.height = height;
            this.width = width;
            this.positions = new int[height * width];
        }

        void add(BlockwiseMask.Blocks drawn) {
            boolean[] mask = drawn.mask(height, width);
            int count = 0;
            for (int p = 0; p < mask.length; p++) {
                positions[p] += mask[p] ? 1 : 0;
                count += mask[p] ? 1 : 0;
            }
            most = Math.max(most, count);
            masked.add(count);
            maskedCounts.add(count);
            blocks.add(drawn.boxes().size());
            blockCounts.add(drawn.boxes().size());
            for (int b = 0; b < drawn.boxes().size(); b++) {
                Box box = drawn.boxes().get(b);
                blockHeight.add(box.height());
                heights.add(box.height());
                blockWidth.add(box.width());
                widths.add(box.width());
                blockArea.add((double) box.height() * box.width());
                blockNew.add(drawn.added().get(b));
                blockAspect.add(Math.log((double) box.height() / box.width()));
            }
        }

        void judge(GoldenCase golden, Judge judge, int target, int draws) {
            Fields scalars = golden.scalars();
            long officialDraws = scalars.whole("draws");
            masked.judgeMean(judge, "masked_count", scalars.object("masked_count"), Sample.ERRORS);
            blocks.judgeMean(judge, "blocks_per_mask", scalars.object("blocks_per_mask"), Sample.ERRORS);
            double errors = DEPENDENCE * Sample.ERRORS;
            blockHeight.judgeMean(judge, "block_height", scalars.object("block_height"), errors);
            blockWidth.judgeMean(judge, "block_width", scalars.object("block_width"), errors);
            blockArea.judgeMean(judge, "block_area", scalars.object("block_area"), errors);
            blockNew.judgeMean(judge, "block_new_patches", scalars.object("block_new_patches"), errors);
            blockAspect.judgeMean(
                    judge, "block_log_aspect_h_over_w", scalars.object("block_log_aspect_h_over_w"), errors);
            judge.equal("no mask hides more than " + target, most <= target, true);
            Sample.judgeShare(
                    judge,
                    "share_at_target",
                    maskedCounts.count(target) / (double) draws,
                    draws,
                    scalars.object("masked_count").number("share_at_target"),
                    officialDraws);
            positions(golden, judge, draws, officialDraws);
            maskedCounts.judge(judge, "masked_count_histogram", golden);
            blockCounts.judge(judge, "blocks_per_mask_histogram", golden);
            heights.judge(judge, "block_height_histogram", golden);
            widths.judge(judge, "block_width_histogram", golden);
            examples(golden, judge, target);
        }

        private void positions(GoldenCase golden, Judge judge, int draws, long officialDraws) {
            double[] frequency = judge.examine("position_frequency").values();
            double[] count = judge.examine("position_count").values();
            for (int p = 0; p < positions.length; p++) {
                double own = positions[p] / (double) draws;
                Sample.judgeShare(judge, "position_frequency[" + p + "]", own, draws, frequency[p], officialDraws);
                Sample.judgeShare(
                        judge, "position_count[" + p + "]", own, draws, count[p] / officialDraws, officialDraws);
            }
        }

        /** Official masks must be ones that the rules allow: of this grid, with at most the target hidden. */
        private void examples(GoldenCase golden, Judge judge, int target) {
            if (!golden.expected().containsKey("example_masks")) {
                return;
            }
            GoldenTensor masks = judge.examine("example_masks");
            int size = height * width;
            judge.equal(
                    "grid of example_masks",
                    Arrays.toString(Arrays.copyOfRange(masks.shape(), 1, 3)),
                    Arrays.toString(new int[] {height, width}));
            for (int i = 0; i < masks.shape()[0]; i++) {
                double hidden =
                        Arrays.stream(masks.values(), i * size, (i + 1) * size).sum();
                judge.equal("example " + i + " hides no more than " + target, hidden <= target, true);
            }
        }
    }

    /** Counts of small integers, compared by the two-sample chi-square test. */
    private static final class Histogram {
        private int[] counts = new int[16];

        void add(int value) {
            if (value >= counts.length) {
                counts = Arrays.copyOf(counts, Math.max(value + 1, 2 * counts.length));
            }
            counts[value]++;
        }

        int count(int value) {
            return value < counts.length ? counts[value] : 0;
        }

        void judge(Judge judge, String name, GoldenCase golden) {
            if (!golden.expected().containsKey(name)) {
                return;
            }
            double[] official = judge.examine(name).values();
            double ownTotal = Arrays.stream(counts).sum();
            double officialTotal = Arrays.stream(official).sum();
            int bins = Math.max(official.length, counts.length);
            List<double[]> pairs = new ArrayList<>();
            double[] rare = new double[2];
            for (int b = 0; b < bins; b++) {
                double[] pair = {count(b), b < official.length ? official[b] : 0};
                double least = (pair[0] + pair[1]) * Math.min(ownTotal, officialTotal) / (ownTotal + officialTotal);
                if (least >= LEAST_COUNT) {
                    pairs.add(pair);
                } else {
                    rare[0] += pair[0];
                    rare[1] += pair[1];
                }
            }
            if ((rare[0] + rare[1]) * Math.min(ownTotal, officialTotal) / (ownTotal + officialTotal) >= LEAST_COUNT) {
                pairs.add(rare);
            }
            if (pairs.size() > 1) {
                double probability = chiSquare(pairs, ownTotal, officialTotal);
                judge.within(name + " 1 - p", 1 - probability, 1 - LEAST_PROBABILITY);
            }
        }

        private static double chiSquare(List<double[]> pairs, double ownTotal, double officialTotal) {
            double statistic = 0;
            for (double[] pair : pairs) {
                double both = pair[0] + pair[1];
                double own = both * ownTotal / (ownTotal + officialTotal);
                double official = both - own;
                statistic += (pair[0] - own) * (pair[0] - own) / own;
                statistic += (pair[1] - official) * (pair[1] - official) / official;
            }
            return 1 - new ChiSquaredDistribution(pairs.size() - 1).cumulativeProbability(statistic);
        }
    }
}
