package beits.transform;

import org.apache.commons.rng.UniformRandomProvider;

/** The distributions that the official code draws from, with its rounding. */
final class Draws {
    private Draws() {}

    /** Python's {@code random.uniform}: between the two ends, in either order. */
    static double uniform(UniformRandomProvider rng, double from, double to) {
        return from + (to - from) * rng.nextDouble();
    }

    /** Uniform in the logarithm, used for aspect ratios. */
    static double logUniform(UniformRandomProvider rng, double from, double to) {
        return Math.exp(uniform(rng, Math.log(from), Math.log(to)));
    }

    /** Python's {@code int(round(x))}: halves to the even neighbour. */
    static int round(double x) {
        return (int) Math.rint(x);
    }

    /** Python's {@code random.randint}: both ends included. */
    static int between(UniformRandomProvider rng, int from, int to) {
        return from + rng.nextInt(to - from + 1);
    }
}
