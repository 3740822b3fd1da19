package beits.tokenizer;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How a tokenizer uses its codebook, counted over the tokens of many pictures.
 *
 * @param words size of the codebook
 * @param used words that occur
 * @param share used / words
 * @param perplexity exp of the entropy of the word frequencies: the number of words that evenly used would carry as much
 * @param histogram how often each word occurs
 */
public record CodebookUse(int words, int used, double share, double perplexity, long[] histogram) {
    /**
     * Counts tokens.
     *
     * @param tokens integers in [0, words)
     * @throws IllegalArgumentException when there are none, or one is outside
     */
    public static CodebookUse of(int[] tokens, int words) {
        long[] histogram = new long[words];
        for (int token : tokens) {
            if (token < 0 || token >= words) {
                throw new IllegalArgumentException("token " + token + " is not in a codebook of " + words + " words");
            }
            histogram[token]++;
        }
        return of(histogram);
    }

    /**
     * The use of words that were counted before.
     *
     * @param histogram how often each word occurs
     * @throws IllegalArgumentException when none does
     */
    public static CodebookUse of(long[] histogram) {
        long total = Arrays.stream(histogram).sum();
        if (total == 0) {
            throw new IllegalArgumentException("tokens: there are none to count");
        }
        int words = histogram.length;
        double entropy = 0;
        int used = 0;
        for (long count : histogram) {
            if (count > 0) {
                double p = (double) count / total;
                entropy -= p * Math.log(p);
                used++;
            }
        }
        return new CodebookUse(words, used, (double) used / words, Math.exp(entropy), histogram);
    }

    public CodebookUse {
        histogram = histogram.clone();
    }

    @Override
    public long[] histogram() {
        return histogram.clone();
    }

    /** Words from the most to the least frequent, equals by number. */
    public int[] byFrequency() {
        return IntStream.range(0, words)
                .boxed()
                .sorted((a, b) ->
                        histogram[a] == histogram[b] ? Integer.compare(a, b) : Long.compare(histogram[b], histogram[a]))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
