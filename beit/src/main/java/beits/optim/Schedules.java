package beits.optim;

/** Values per optimiser step, as arrays (official {@code utils.cosine_scheduler}). */
public final class Schedules {
    private Schedules() {}

    /**
     * Steps of all epochs.
     *
     * @throws IllegalArgumentException when they are too many for an array
     */
    public static int steps(int epochs, int stepsPerEpoch) {
        long steps = (long) epochs * stepsPerEpoch;
        if (steps > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("optim.epochs: %d of %d steps are too many for a schedule; lower it"
                    .formatted(epochs, stepsPerEpoch));
        }
        return (int) steps;
    }

    /**
     * Linear warm-up, then half a cosine. The warm-up includes both ends: its first value is {@code warmupStart}, its last is
     * {@code base}, with which the cosine starts again; the cosine never reaches {@code end}.
     *
     * @param base peak value
     * @param end value that the cosine approaches
     * @param epochs length of the whole schedule
     * @param stepsPerEpoch optimiser steps of an epoch
     * @param warmupEpochs length of the warm-up
     * @param warmupStart first value of the warm-up
     * @param warmupSteps length of the warm-up in steps when above 0; needs {@code warmupEpochs} above 0
     * @return one value a step
     * @throws IllegalArgumentException when the warm-up is longer than the schedule or given in steps only
     */
    public static double[] cosine(
            double base,
            double end,
            int epochs,
            int stepsPerEpoch,
            int warmupEpochs,
            double warmupStart,
            int warmupSteps) {
        int total = steps(epochs, stepsPerEpoch);
        if (warmupSteps > 0 && warmupEpochs <= 0) {
            throw new IllegalArgumentException("warmupSteps = " + warmupSteps + " needs warmupEpochs above 0");
        }
        int warmup = warmupSteps > 0 ? warmupSteps : warmupEpochs * stepsPerEpoch;
        if (warmup > total) {
            throw new IllegalArgumentException(
                    "warmupEpochs: a warm-up of %d steps is longer than the %d steps of the run"
                            .formatted(warmup, total));
        }
        double[] values = new double[total];
        for (int i = 0; i < warmup; i++) {
            values[i] = warmup == 1 ? warmupStart : warmupStart + (base - warmupStart) * i / (warmup - 1);
        }
        int rest = total - warmup;
        for (int i = 0; i < rest; i++) {
            values[warmup + i] = end + 0.5 * (base - end) * (1 + Math.cos(Math.PI * i / rest));
        }
        return values;
    }

    /**
     * Polynomial decay with a linear warm-up (mmcv's {@code PolyLrUpdaterHook}, by iteration): during the warm-up the polynomial is
     * multiplied by a line from {@code warmupRatio} towards 1.
     *
     * @param base value without decay
     * @param end value after the last step
     * @param steps of the whole schedule
     * @param warmup its first steps
     * @param warmupRatio share of the value at step 0
     * @param power 1 for a line
     * @return one value a step
     * @throws IllegalArgumentException when the warm-up is longer than the schedule
     */
    public static double[] poly(double base, double end, int steps, int warmup, double warmupRatio, double power) {
        if (warmup > steps) {
            throw new IllegalArgumentException(
                    "warmupSteps: a warm-up of %d steps is longer than the %d steps of the run"
                            .formatted(warmup, steps));
        }
        double[] values = new double[steps];
        for (int i = 0; i < steps; i++) {
            double regular = (base - end) * Math.pow(1 - (double) i / steps, power) + end;
            values[i] = i < warmup ? regular * (1 - (1 - (double) i / warmup) * (1 - warmupRatio)) : regular;
        }
        return values;
    }
}
