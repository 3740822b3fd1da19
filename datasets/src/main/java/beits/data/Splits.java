package beits.data;

import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;

/** Reproducible choices of samples. */
public final class Splits {
    private Splits() {}

    /** Two disjoint parts of a data set. */
    public record Parts(Dataset first, Dataset second) {}

    /** A random permutation of 0 … size − 1. */
    public static int[] permutation(int size, UniformRandomProvider rng) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = rng.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /**
     * {@code perClass} samples of every class, chosen by seed. The choice of fewer is part of the choice of more, so
     * curves over the number of labels grow by adding samples.
     *
     * @throws IllegalArgumentException when a class has fewer samples, or samples have no label
     */
    public static Dataset fewLabels(Dataset data, int perClass, long seed) {
        int classes = data.classNames().size();
        int[] taken = new int[classes];
        int[] chosen = new int[Math.multiplyExact(classes, perClass)];
        int count = 0;
        for (int index : permutation(data.size(), Seeds.of(seed, Seeds.Purpose.SUBSET))) {
            int label = data.label(index)
                    .orElseThrow(() -> new IllegalArgumentException("few labels of data without labels"));
            if (taken[label] < perClass) {
                taken[label]++;
                chosen[count++] = index;
            }
        }
        for (int c = 0; c < classes; c++) {
            if (taken[c] < perClass) {
                throw new IllegalArgumentException("%d labels a class were asked for; class %s has %d samples"
                        .formatted(perClass, data.classNames().get(c), taken[c]));
            }
        }
        return new Subset(data, chosen);
    }

    /** {@code count} samples held out by seed (second part) and the rest (first part), both in the original order. */
    public static Parts holdOut(Dataset data, int count, long seed) {
        if (count < 0 || count > data.size()) {
            throw new IllegalArgumentException("%d samples held out of %d".formatted(count, data.size()));
        }
        int[] order = permutation(data.size(), Seeds.of(seed, Seeds.Purpose.SUBSET));
        int[] held = Arrays.copyOf(order, count);
        int[] rest = Arrays.copyOfRange(order, count, order.length);
        Arrays.sort(held);
        Arrays.sort(rest);
        return new Parts(new Subset(data, rest), new Subset(data, held));
    }
}
