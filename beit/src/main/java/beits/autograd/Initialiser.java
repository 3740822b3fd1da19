package beits.autograd;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;

/** How a parameter starts. Draws depend on the run's seed and the parameter's name only, not on the order of creation. */
public sealed interface Initialiser {
    /** The same value everywhere. */
    record Constant(float value) implements Initialiser {}

    /** Normal with mean 0, redrawn until within [lower, upper] (timm {@code trunc_normal_}), then multiplied by a factor. */
    record TruncatedNormal(double deviation, double lower, double upper, double factor) implements Initialiser {}

    /** Normal with mean 0. */
    record Normal(double deviation) implements Initialiser {}

    /** Uniform in [−bound, bound): PyTorch's default for convolutions and linear layers, with bound 1/√fanIn. */
    record Uniform(double bound) implements Initialiser {}

    Initialiser ZEROS = new Constant(0);
    Initialiser ONES = new Constant(1);

    /**
     * The initial values of a parameter.
     *
     * @param size number of values
     * @param seed of the run
     * @param name of the parameter
     */
    default float[] draw(int size, long seed, String name) {
        float[] values = new float[size];
        switch (this) {
            case Constant c -> java.util.Arrays.fill(values, c.value);
            case TruncatedNormal t -> {
                ZigguratSampler.NormalizedGaussian gaussian = ZigguratSampler.NormalizedGaussian.of(random(seed, name));
                for (int i = 0; i < size; i++) {
                    double value;
                    do {
                        value = gaussian.sample() * t.deviation;
                    } while (value < t.lower || value > t.upper);
                    values[i] = (float) (value * t.factor);
                }
            }
            case Normal n -> {
                ZigguratSampler.NormalizedGaussian gaussian = ZigguratSampler.NormalizedGaussian.of(random(seed, name));
                for (int i = 0; i < size; i++) {
                    values[i] = (float) (gaussian.sample() * n.deviation);
                }
            }
            case Uniform u -> {
                UniformRandomProvider random = random(seed, name);
                for (int i = 0; i < size; i++) {
                    values[i] = (float) ((2 * random.nextDouble() - 1) * u.bound);
                }
            }
        }
        return values;
    }

    private static UniformRandomProvider random(long seed, String name) {
        long mixed = seed;
        for (int i = 0; i < name.length(); i++) {
            mixed = mixed * 0x9E3779B97F4A7C15L + name.charAt(i);
        }
        return RandomSource.XO_RO_SHI_RO_128_PP.create(mixed);
    }
}
