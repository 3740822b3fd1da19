package beits.tokenizer;

/**
 * Temperature of the Gumbel-softmax over training: from {@code start} to {@code end} along a half cosine within {@code steps}
 * steps, constant afterwards (Ramesh et al. 2021, appendix A.2: from 1 to 1/16). The official dVAE keeps 0.9.
 *
 * @param start temperature of step 0
 * @param end temperature from step {@code steps} on
 * @param steps length of the descent; 0 for {@code end} from the beginning
 */
public record TemperatureSchedule(double start, double end, int steps) {
    public TemperatureSchedule {
        if (!(start > 0) || !(end > 0)) {
            throw new IllegalArgumentException("temperature = " + start + " to " + end + " must be above 0");
        }
        if (steps < 0) {
            throw new IllegalArgumentException("steps = " + steps + " must be 0 or above");
        }
    }

    /** The same temperature throughout. */
    public static TemperatureSchedule constant(double temperature) {
        return new TemperatureSchedule(temperature, temperature, 0);
    }

    /** Temperature of a step. */
    public double at(long step) {
        if (step >= steps) {
            return end;
        }
        return end + (start - end) * 0.5 * (1 + Math.cos(Math.PI * step / steps));
    }
}
