package beits.conformance;

import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.device.Device;
import beits.model.BeitConfig;
import beits.model.ImageClassifier;
import beits.model.ImageClassifier.Pooling;
import beits.model.MaskedImageModel;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Statistics of freshly initialised parameters: means and deviations within 5 standard errors of the difference, constants
 * equal, values within the bounds where the distribution has any.
 */
final class InitCases implements CaseRunner {
    private static final double STANDARD_ERRORS = 5 * Math.sqrt(2);
    private static final int FEW = 200;

    /** A bounded distribution reaches less than this many deviations (uniform 1.73, normal cut at ±1 deviation 1.86). */
    private static final double BOUNDED = 2;

    /** No sample of a smooth distribution lies this many deviations away. */
    private static final double FREAK = 12;

    /** What an unbounded normal practically never exceeds, in deviations. */
    private static final double UNBOUNDED = 7;

    @Override
    public void run(GoldenCase golden, Device device, Judge judge) {
        Fields config = golden.config();
        Map<String, Fields> statistics = golden.scalars().object("statistics").members();
        Layout layout = new Layout();
        BeitConfig network = Models.network(config, statistics.keySet());
        if (config.text("kind").equals("mim")) {
            new MaskedImageModel(layout, network, config.integer("vocab_size"));
        } else {
            new ImageClassifier(
                    layout,
                    network,
                    config.integer("num_classes"),
                    statistics.containsKey("fc_norm.weight") ? Pooling.MEAN : Pooling.CLASS_TOKEN,
                    config.number("init_scale", 1));
        }
        Set<String> names = new TreeSet<>();
        for (Parameter parameter : layout.parameters()) {
            names.add(parameter.name());
            Fields official = statistics.get(parameter.name());
            if (official != null) {
                int size = Math.toIntExact(parameter.slot().size());
                judge.equal(parameter.name() + " size", size, official.integer("numel"));
                judge(
                        judge,
                        parameter.name(),
                        Statistics.of(parameter.initialiser().draw(size, config.whole("seed"), parameter.name())),
                        official);
            }
        }
        judge.equal("parameters", names, new TreeSet<>(statistics.keySet()));
    }

    private static void judge(Judge judge, String name, Statistics own, Fields row) {
        Official official = Official.of(row, own.count());
        if (official.deviation == 0) {
            judge.scalar(name + " constant", own.min(), official.min, 1e-7);
            judge.scalar(name + " constant", own.max(), official.max, 1e-7);
            return;
        }
        double loose = own.count() < FEW ? 2 : 1;
        double n = own.count();
        double deviation = official.deviation;
        judge.within(
                name + " mean",
                Math.abs(own.mean() - official.mean),
                loose * STANDARD_ERRORS * deviation / Math.sqrt(n));
        judge.within(
                name + " std",
                Math.abs(own.deviation() - deviation),
                loose * Math.max(STANDARD_ERRORS * deviation / Math.sqrt(2 * n), 0.02 * deviation));
        double reach = Math.max(Math.abs(official.min), Math.abs(official.max));
        boolean bounded = reach < BOUNDED * deviation;
        double limit = bounded ? reach * (1 + loose * 20 / n) : UNBOUNDED * deviation;
        judge.equal(name + " reaches no farther than " + limit, own.largest() <= limit, true);
    }

    /** Statistics of the official parameter. */
    private record Official(double mean, double deviation, double min, double max) {
        /**
         * Reads a row. About once in 2^24 draws the official generator rounds into the infinite end of the inverse error
         * function and gives the far truncation bound, 100 deviations away: such a value is taken out first.
         */
        static Official of(Fields row, long count) {
            double mean = row.number("mean");
            double deviation = row.number("std_population");
            double min = row.number("min");
            double max = row.number("max");
            double extreme = -min > max ? min : max;
            if (Math.abs(extreme) <= FREAK * deviation || count < 2 || deviation == 0) {
                return new Official(mean, deviation, min, max);
            }
            double rest = count - 1.0;
            double otherMean = (mean * count - extreme) / rest;
            double squares = (deviation * deviation + mean * mean) * count - extreme * extreme;
            double other = Math.sqrt(squares / rest - otherMean * otherMean);
            double end = Math.min(-min, max);
            return new Official(otherMean, other, -end, end);
        }
    }
}
