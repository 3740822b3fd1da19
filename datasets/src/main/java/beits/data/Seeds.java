package beits.data;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/** Random generators derived from a run's seed and what the draw is for; equal arguments give equal streams. */
public final class Seeds {
    /** What a stream of random numbers is used for; different purposes never share a stream. */
    public enum Purpose {
        ORDER(1),
        AUGMENTATION(2),
        MASK(3),
        MIXING(4),
        SUBSET(5),
        SCENE(6);

        private final long code;

        Purpose(long code) {
            this.code = code;
        }
    }

    private Seeds() {}

    /** The generator for a purpose and its coordinates, for instance epoch and index. */
    public static UniformRandomProvider of(long seed, Purpose purpose, long... coordinates) {
        return RandomSource.XO_RO_SHI_RO_128_PP.create(mix(seed, purpose, coordinates));
    }

    /** One 64-bit seed from a purpose and its coordinates, for sources of randomness elsewhere. */
    public static long mix(long seed, Purpose purpose, long... coordinates) {
        long mixed = splitMix(splitMix(seed) + purpose.code);
        for (long coordinate : coordinates) {
            mixed = splitMix(mixed + coordinate);
        }
        return mixed;
    }

    /** The output function of SplitMix64 (Steele, Lea, Flood 2014): a bijection that scatters neighbouring inputs. */
    private static long splitMix(long x) {
        long z = x + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
