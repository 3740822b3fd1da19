package beits.tokenizer;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Standard Gumbel draws, −log(−log u). A step needs one for each word and position, so they come from a table of 2^16 quantiles
 * at the middles of equal shares of (0, 1): four draws for each 64 random bits and no logarithm.
 */
public final class GumbelNoise {
    private static final int QUANTILES = 1 << 16;

    private final float[] table = new float[QUANTILES];

    /** Computes the table. */
    public GumbelNoise() {
        for (int i = 0; i < QUANTILES; i++) {
            table[i] = (float) -Math.log(-Math.log((i + 0.5) / QUANTILES));
        }
    }

    /** Fills an array; the same seed gives the same values. */
    public void fill(float[] noise, long seed) {
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
        long bits = 0;
        for (int i = 0; i < noise.length; i++) {
            bits = (i & 3) == 0 ? random.nextLong() : bits >>> 16;
            noise[i] = table[(int) (bits & (QUANTILES - 1))];
        }
    }
}
