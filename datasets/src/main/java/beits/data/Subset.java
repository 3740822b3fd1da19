package beits.data;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Chosen samples of another data set, in the given order. */
public final class Subset implements Dataset {
    private final Dataset base;
    private final int[] indices;

    /** The samples of {@code base} at {@code indices}. */
    public Subset(Dataset base, int[] indices) {
        this.base = base;
        this.indices = indices.clone();
        for (int index : indices) {
            if (index < 0 || index >= base.size()) {
                throw new IllegalArgumentException("index %d of a data set of %d".formatted(index, base.size()));
            }
        }
    }

    /** The first {@code count} samples, or all when there are fewer. */
    public static Subset first(Dataset base, int count) {
        return new Subset(base, IntStream.range(0, Math.min(count, base.size())).toArray());
    }

    @Override
    public int size() {
        return indices.length;
    }

    @Override
    public Sample get(int index) {
        return base.get(indices[index]);
    }

    @Override
    public String name(int index) {
        return base.name(indices[index]);
    }

    @Override
    public OptionalInt label(int index) {
        return base.label(indices[index]);
    }

    @Override
    public List<String> classNames() {
        return base.classNames();
    }
}
