package beits.image;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The two inner loops of resizing, on vectors of 32-bit sums. Along a row, the taps of one target pixel lie side by side
 * in memory with their channels interleaved, so a vector holds as many whole pixels as fit (five of three channels in
 * sixteen lanes) and is folded once at the end. Integer sums do not depend on the order, so the result is exact.
 */
final class WeightedRow {
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final int LANES = INTS.length();
    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, jdk.incubator.vector.VectorShape.forBitSize(Math.max(64, LANES * 8)));
    private static final boolean BYTES_FIT = BYTES.length() == LANES;
    private static final int HALF = 1 << (Resize.FRACTION_BITS - 1);

    private final int[] first;
    private final int channels;
    private final int[] vectors;
    private final int[] weights;
    private final int vectorsPerPixel;
    private final VectorShuffle<Integer> fold1;
    private final VectorShuffle<Integer> fold2;
    private final VectorShuffle<Integer> fold3;
    private final VectorShuffle<Integer> fold4;
    private final int used;
    private final byte[] source;
    private final int sourceLength;
    private final int[] sums;

    /**
     * Lays out the weights for the vectors.
     *
     * @param first first source pixel of each target pixel
     * @param count source pixels of each target pixel
     * @param taps their weights, {@code stride} for each target pixel
     * @param sourceWidth pixels of a source row
     */
    WeightedRow(int[] first, int[] count, int[] taps, int stride, int channels, int sourceWidth) {
        this.first = first;
        this.channels = channels;
        int pixels = LANES / channels;
        used = pixels * channels;
        vectorsPerPixel = (stride + pixels - 1) / pixels;
        vectors = new int[first.length];
        weights = new int[Math.multiplyExact(first.length, vectorsPerPixel * LANES)];
        for (int o = 0; o < first.length; o++) {
            vectors[o] = (count[o] + pixels - 1) / pixels;
            for (int t = 0; t < count[o]; t++) {
                int at = (o * vectorsPerPixel + t / pixels) * LANES + t % pixels * channels;
                Arrays.fill(weights, at, at + channels, taps[o * stride + t]);
            }
        }
        int groups = pixels;
        fold1 = fold(groups);
        groups = (groups + 1) / 2;
        fold2 = fold(groups);
        groups = (groups + 1) / 2;
        fold3 = fold(groups);
        fold4 = fold((groups + 1) / 2);
        sourceLength = sourceWidth * channels;
        source = new byte[sourceLength + channels + BYTES.length()];
        sums = new int[first.length * channels + LANES];
    }

    /** Brings the second half of so many pixels over the first; a missing partner is the last, always empty lane. */
    private VectorShuffle<Integer> fold(int groups) {
        int half = (groups + 1) / 2;
        int[] from = new int[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            boolean partner = groups > 1 && lane + half * channels < groups * channels;
            from[lane] = partner ? lane + half * channels : LANES - 1;
        }
        return VectorShuffle.fromArray(INTS, from, 0);
    }

    /** One row: {@code in} from {@code from} on becomes {@code first.length} pixels in {@code out}. */
    void apply(byte[] in, int from, byte[] out, int to) {
        System.arraycopy(in, from, source, 0, sourceLength);
        int pixels = LANES / channels;
        for (int o = 0; o < first.length; o++) {
            IntVector sum = IntVector.broadcast(INTS, 0);
            int at = first[o] * channels;
            int weight = o * vectorsPerPixel * LANES;
            for (int v = 0; v < vectors[o]; v++) {
                sum = sum.add(widened(source, at).mul(IntVector.fromArray(INTS, weights, weight)));
                at += used;
                weight += LANES;
            }
            if (pixels > 1) {
                sum = sum.add(sum.rearrange(fold1));
            }
            if (pixels > 2) {
                sum = sum.add(sum.rearrange(fold2));
            }
            if (pixels > 4) {
                sum = sum.add(sum.rearrange(fold3));
            }
            if (pixels > 8) {
                sum = sum.add(sum.rearrange(fold4));
            }
            // Lanes beyond the pixel are overwritten by the next one.
            sum.intoArray(sums, o * channels);
        }
        narrow(sums, first.length * channels, out, to);
    }

    private static IntVector widened(byte[] bytes, int at) {
        return (IntVector)
                ByteVector.fromArray(BYTES, bytes, at).convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
    }

    private static ByteVector narrowed(IntVector sum) {
        return (ByteVector) sum.lanewise(VectorOperators.ASHR, Resize.FRACTION_BITS)
                .max(0)
                .min(255)
                .convertShape(VectorOperators.I2B, BYTES, 0);
    }

    private static void narrow(int[] sums, int length, byte[] out, int to) {
        int i = 0;
        if (BYTES_FIT) {
            for (; i + LANES <= length; i += LANES) {
                narrowed(IntVector.fromArray(INTS, sums, i).add(HALF)).intoArray(out, to + i);
            }
        }
        for (; i < length; i++) {
            out[to + i] = (byte) Math.max(0, Math.min(255, (sums[i] + HALF) >> Resize.FRACTION_BITS));
        }
    }

    /** One row of the second pass: {@code count} rows of {@code in}, {@code pitch} apart, weighted and added. */
    static void sum(
            byte[] in, int from, int pitch, int length, int[] weights, int weightAt, int count, byte[] out, int to) {
        int i = 0;
        if (BYTES_FIT) {
            for (; i + LANES <= length; i += LANES) {
                IntVector sum = IntVector.broadcast(INTS, HALF);
                for (int t = 0; t < count; t++) {
                    sum = sum.add(widened(in, from + t * pitch + i).mul(weights[weightAt + t]));
                }
                narrowed(sum).intoArray(out, to + i);
            }
        }
        for (; i < length; i++) {
            int sum = HALF;
            for (int t = 0; t < count; t++) {
                sum += (in[from + t * pitch + i] & 0xff) * weights[weightAt + t];
            }
            out[to + i] = (byte) Math.max(0, Math.min(255, sum >> Resize.FRACTION_BITS));
        }
    }
}
