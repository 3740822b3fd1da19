package beits.conformance;

import java.util.Arrays;

/** Many draws of one quantity, compared with the summary of as many official ones. */
final class Sample {
    /** Standard errors of the difference that are allowed for independent draws. */
    static final double ERRORS = 5;

    private double[] values = new double[1 << 12];
    private int count;

    void add(double value) {
        if (count == values.length) {
            values = Arrays.copyOf(values, 2 * count);
        }
        values[count++] = value;
    }

    int count() {
        return count;
    }

    /** Compares the means: {@code errors} standard errors of the difference are allowed. */
    void judgeMean(Judge judge, String what, Fields official, double errors) {
        Statistics own = statistics();
        double error = Math.hypot(own.standardError(), official.number("standard_error"));
        judge.within(what + " mean", Math.abs(own.mean() - official.number("mean")), errors * error);
    }

    /** Compares mean, deviation and, where they are stated, deciles. */
    void judge(Judge judge, String what, Fields official) {
        judgeMean(judge, what, official, ERRORS);
        Statistics own = statistics();
        double fourth = 0;
        for (int i = 0; i < count; i++) {
            fourth += Math.pow((values[i] - own.mean()) / own.deviation(), 4) / count;
        }
        double officialCount = Math.pow(official.number("std") / official.number("standard_error"), 2);
        double bothCounts = 1.0 / count + 1 / officialCount;
        judge.within(
                what + " std",
                Math.abs(own.deviation() - official.number("std")),
                ERRORS * own.deviation() * Math.sqrt((fourth - 1) / 4 * bothCounts));
        if (official.has("deciles")) {
            double[] deciles = official.numbers("deciles");
            for (int k = 0; k < deciles.length; k++) {
                double p = (k + 1) / (deciles.length + 1.0);
                judge.within(
                        what + " decile " + (k + 1),
                        outside(p, deciles[k]),
                        ERRORS * Math.sqrt(p * (1 - p) * bothCounts));
            }
        }
    }

    /** How far {@code share} lies outside the shares of values below, and of values not above, {@code quantile}. */
    private double outside(double share, double quantile) {
        int below = 0;
        int notAbove = 0;
        for (int i = 0; i < count; i++) {
            below += values[i] < quantile ? 1 : 0;
            notAbove += values[i] <= quantile ? 1 : 0;
        }
        return Math.max(0, Math.max((double) below / count - share, share - (double) notAbove / count));
    }

    Statistics statistics() {
        return Statistics.of(Arrays.copyOf(values, count));
    }

    /** Compares shares of two sets of yes-or-no draws: 5 standard errors of the difference are allowed. */
    static void judgeShare(Judge judge, String what, double own, long ownDraws, double official, long officialDraws) {
        judge.within(what, Math.abs(own - official), shareTolerance(own, ownDraws, official, officialDraws));
    }

    private static double shareTolerance(double own, long ownDraws, double official, long officialDraws) {
        double share = (own * ownDraws + official * officialDraws) / (ownDraws + officialDraws);
        // a share of 0 or 1 has no spread, but draws of the other side may still differ in a few
        double p = Math.clamp(share, 1.0 / officialDraws, 1 - 1.0 / officialDraws);
        return ERRORS * Math.sqrt(p * (1 - p) * (1.0 / ownDraws + 1.0 / officialDraws));
    }
}
