package beits.checkpoint;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pickle describes, as plain data. Nothing here ever was, or becomes, an object of the class it names: a class is a
 * word, its fields a map.
 */
public sealed interface Pickled {
    /** Python's None. */
    record None() implements Pickled {}

    /** True or false. */
    record Bool(boolean value) implements Pickled {}

    /** An integer of any size. */
    record Int(BigInteger value) implements Pickled, Comparable<Int> {
        @Override
        public int compareTo(Int other) {
            return value.compareTo(other.value);
        }
    }

    /** A float. */
    record Real(double value) implements Pickled {}

    /** A text. */
    record Text(String value) implements Pickled, Comparable<Text> {
        @Override
        public int compareTo(Text other) {
            return value.compareTo(other.value);
        }
    }

    /**
     * Bytes.
     *
     * @param latin1 one character a byte
     */
    record Bytes(String latin1) implements Pickled, Comparable<Bytes> {
        @Override
        public int compareTo(Bytes other) {
            return latin1.compareTo(other.latin1);
        }
    }

    /** A list, tuple or set. */
    final class Sequence implements Pickled {
        private final List<Pickled> items = new ArrayList<>();

        /** The items in order. */
        public List<Pickled> items() {
            return items;
        }
    }

    /** A dictionary; keys are None, truth values, numbers, texts or bytes. */
    final class Mapping implements Pickled {
        private final Map<Pickled, Pickled> entries = new LinkedHashMap<>();

        /** The entries in order. */
        public Map<Pickled, Pickled> entries() {
            return entries;
        }

        /** The value under a text, or null. */
        public @Nullable Pickled get(String key) {
            return entries.get(new Text(key));
        }
    }

    /** The fields of an object of a known class, for example of {@code argparse.Namespace} or a PyTorch module. */
    final class Instance implements Pickled {
        private final String type;
        private final Map<String, Pickled> fields = new LinkedHashMap<>();

        Instance(String type) {
            this.type = type;
        }

        /** Name of the class. */
        public String type() {
            return type;
        }

        /** The fields in order. */
        public Map<String, Pickled> fields() {
            return fields;
        }
    }

    /**
     * A name of the allow-list: a class, a function or an element type.
     *
     * @param name module and name with a dot between
     */
    record Global(String name) implements Pickled {}

    /**
     * Elements in a row, somewhere in the file.
     *
     * @param type of the elements
     * @param key name in the file
     * @param size number of elements
     */
    record Storage(TensorType type, String key, long size) implements Pickled {}

    /**
     * A view of a storage, already checked to lie inside it.
     *
     * @param storage that holds the elements
     * @param offset first element
     * @param shape extents
     * @param strides steps in elements
     */
    record Strided(Storage storage, long offset, List<Long> shape, List<Long> strides) implements Pickled {
        public Strided {
            shape = List.copyOf(shape);
            strides = List.copyOf(strides);
        }
    }
}
