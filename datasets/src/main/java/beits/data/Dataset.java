package beits.data;

import java.util.List;
import java.util.OptionalInt;

/** Samples by index. Implementations may be read by many threads at once and always give the same sample for an index. */
public interface Dataset {
    /** Number of samples. */
    int size();

    /**
     * Decodes one sample.
     *
     * @param index 0 to {@code size() - 1}
     * @throws beits.image.PictureException when its picture or label cannot be used
     */
    Sample get(int index);

    /** Where a sample comes from, without decoding it. */
    String name(int index);

    /** The class of a sample without decoding it; empty when samples have none. */
    OptionalInt label(int index);

    /** Names of the classes in label order; empty for unlabelled data. */
    List<String> classNames();
}
