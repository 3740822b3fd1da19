package beits.model;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Uniform draws for drop path and dropout, a function of the run's seed and the number of the micro-batch only, so that a resumed run draws
 * the same.
 *
 * @param seed of the run
 */
public record DropPathDraws(long seed) {
    /** {@code count} draws in [0, 1) for a micro-batch. */
    public double[] draw(long micro, int count) {
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(
                seed * 0xD1342543DE82EF95L + micro * 0x9E3779B97F4A7C15L + 0x5DEECE66DL);
        double[] uniforms = new double[count];
        for (int i = 0; i < count; i++) {
            uniforms[i] = random.nextDouble();
        }
        return uniforms;
    }
}
