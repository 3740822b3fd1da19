package beits.checkpoint;

import beits.checkpoint.Pickled.Bool;
import beits.checkpoint.Pickled.Bytes;
import beits.checkpoint.Pickled.Global;
import beits.checkpoint.Pickled.Instance;
import beits.checkpoint.Pickled.Int;
import beits.checkpoint.Pickled.Mapping;
import beits.checkpoint.Pickled.None;
import beits.checkpoint.Pickled.Real;
import beits.checkpoint.Pickled.Sequence;
import beits.checkpoint.Pickled.Storage;
import beits.checkpoint.Pickled.Strided;
import beits.checkpoint.Pickled.Text;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the tensors in what a pickle describes. Walks are bounded in depth and in steps, because containers may be nested, shared
 * or cyclic; copies of strided views are bounded in bytes, because a view may be far larger than its storage.
 */
final class PickledTensors {
    private static final int DEEPEST = 64;
    private static final int MOST_STEPS = 1_000_000;
    private static final long ALWAYS_COPIED = 1L << 26;
    private static final int NAME_STEP = 64;
    private static final int LONGEST_DESCRIPTION = 1000;

    private final String source;
    private final Storages storages;
    private long copyable;

    /** Gives the bytes of a storage. */
    @FunctionalInterface
    interface Storages {
        MemorySegment bytes(Storage storage) throws CheckpointException;
    }

    PickledTensors(String source, Storages storages, long fileSize) {
        this.source = source;
        this.storages = storages;
        this.copyable = fileSize + ALWAYS_COPIED;
    }

    /** The state dict that a dictionary is, or that a pickled module gives. */
    NamedTensors stateDict(Pickled value) throws CheckpointException {
        Map<String, Strided> found = new LinkedHashMap<>();
        Map<String, String> beside = new LinkedHashMap<>();
        switch (value) {
            case Mapping mapping -> collect(mapping, found, beside);
            case Instance module
            when module.fields().containsKey("_modules") -> collectModule(module, "", 0, new int[1], found);
            case None _,
                    Bool _,
                    Int _,
                    Real _,
                    Text _,
                    Bytes _,
                    Sequence _,
                    Instance _,
                    Global _,
                    Storage _,
                    Strided _ -> throw new CheckpointException(source + ": holds no state dict where one should be");
        }
        if (found.isEmpty()) {
            throw new CheckpointException(source + ": holds no tensors where its state dict should be");
        }
        NamedTensors tensors = new NamedTensors();
        for (Map.Entry<String, Strided> entry : found.entrySet()) {
            tensors.put(entry.getKey(), contiguous(entry.getValue()));
        }
        beside.forEach((key, text) -> tensors.describe("pth." + key, text));
        return tensors;
    }

    private void collect(Mapping mapping, Map<String, Strided> found, Map<String, String> beside)
            throws CheckpointException {
        for (Map.Entry<Pickled, Pickled> entry : mapping.entries().entrySet()) {
            String name = shown(entry.getKey());
            if (entry.getValue() instanceof Strided tensor) {
                if (found.put(name, tensor) != null) {
                    throw new CheckpointException("%s: two tensors are called %s".formatted(source, name));
                }
            } else {
                String plain = plain(entry.getValue());
                if (plain == null) {
                    throw new CheckpointException(
                            "%s: its entry %s is no tensor, so this is no state dict".formatted(source, name));
                }
                beside.put(name, plain);
            }
        }
    }

    private void collectModule(Instance module, String prefix, int depth, int[] steps, Map<String, Strided> found)
            throws CheckpointException {
        check(prefix, depth, steps);
        for (String group : List.of("_parameters", "_buffers")) {
            if (module.fields().get(group) instanceof Mapping mapping) {
                for (Map.Entry<Pickled, Pickled> entry : mapping.entries().entrySet()) {
                    check(prefix, depth, steps);
                    if (entry.getValue() instanceof Strided tensor
                            && found.put(prefix + shown(entry.getKey()), tensor) != null) {
                        throw new CheckpointException(
                                "%s: two tensors are called %s".formatted(source, prefix + shown(entry.getKey())));
                    }
                }
            }
        }
        if (module.fields().get("_modules") instanceof Mapping children) {
            for (Map.Entry<Pickled, Pickled> entry : children.entries().entrySet()) {
                if (entry.getValue() instanceof Instance child) {
                    collectModule(child, prefix + shown(entry.getKey()) + ".", depth + 1, steps, found);
                }
            }
        }
    }

    /** Counts a step; a long name counts as several, so that names cannot fill the memory. */
    private void check(String name, int depth, int[] steps) throws CheckpointException {
        steps[0] += 1 + name.length() / NAME_STEP;
        if (depth > DEEPEST || steps[0] > MOST_STEPS) {
            throw new CheckpointException("%s: refused: containers nested deeper than %d or with more than %d entries"
                    .formatted(source, DEEPEST, MOST_STEPS));
        }
    }

    /** Every tensor under its path. */
    NamedTensors everyTensor(Pickled root) throws CheckpointException {
        Map<String, Strided> found = new LinkedHashMap<>();
        walk(root, "", 0, new int[1], found);
        NamedTensors tensors = new NamedTensors();
        for (Map.Entry<String, Strided> entry : found.entrySet()) {
            tensors.put(entry.getKey(), contiguous(entry.getValue()));
        }
        return tensors;
    }

    private void walk(Pickled value, String path, int depth, int[] steps, Map<String, Strided> found)
            throws CheckpointException {
        check(path, depth, steps);
        String prefix = path.isEmpty() ? "" : path + "/";
        switch (value) {
            case Strided tensor -> {
                if (found.put(path, tensor) != null) {
                    throw new CheckpointException("%s: two tensors are called %s".formatted(source, path));
                }
            }
            case Mapping mapping -> {
                for (Map.Entry<Pickled, Pickled> entry : mapping.entries().entrySet()) {
                    walk(entry.getValue(), prefix + shown(entry.getKey()), depth + 1, steps, found);
                }
            }
            case Instance instance -> {
                for (Map.Entry<String, Pickled> field : instance.fields().entrySet()) {
                    walk(field.getValue(), prefix + field.getKey(), depth + 1, steps, found);
                }
            }
            case Sequence sequence -> {
                for (int i = 0; i < sequence.items().size(); i++) {
                    walk(sequence.items().get(i), prefix + i, depth + 1, steps, found);
                }
            }
            case None _, Bool _, Int _, Real _, Text _, Bytes _, Global _, Storage _ -> {}
        }
    }

    /** Describes the plain values beside a model: those of the top level and of its settings, for example {@code args}. */
    void describe(NamedTensors model, Mapping top, String modelKey) {
        top.entries().forEach((key, value) -> {
            String name = shown(key);
            if (name.equals(modelKey)) {
                return;
            }
            String plain = plain(value);
            if (plain != null) {
                model.describe("pth." + name, plain);
            } else if (value instanceof Instance settings) {
                settings.fields().forEach((field, setting) -> {
                    String text = plain(setting);
                    if (text != null) {
                        model.describe("pth." + name + "." + field, text);
                    }
                });
            }
        });
    }

    /** A plain value, or a short list of them, as text; null for anything else. */
    private static @Nullable String plain(Pickled value) {
        String text = scalar(value);
        if (value instanceof Sequence sequence && sequence.items().size() <= DEEPEST) {
            List<String> items = new ArrayList<>();
            for (Pickled item : sequence.items()) {
                String shown = scalar(item);
                if (shown == null) {
                    return null;
                }
                items.add(shortened(shown));
            }
            text = String.join(", ", items);
        }
        return text == null ? null : shortened(text);
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_DESCRIPTION ? text : text.substring(0, LONGEST_DESCRIPTION) + "…";
    }

    private static @Nullable String scalar(Pickled value) {
        return switch (value) {
            case None _ -> "none";
            case Bool bool -> Boolean.toString(bool.value());
            case Int integer -> integer.value().toString();
            case Real real -> Double.toString(real.value());
            case Text text -> text.value();
            case Bytes bytes -> bytes.latin1().length() + " bytes";
            case Global global -> global.name();
            case Sequence _, Mapping _, Instance _, Storage _, Strided _ -> null;
        };
    }

    /** A key of a dictionary as part of a name. */
    static String shown(Pickled key) {
        String text = scalar(key);
        return text == null ? "" : text;
    }

    private TensorData contiguous(Strided view) throws CheckpointException {
        int bytes = view.storage().type().bytes();
        long size = TensorData.size(view.shape());
        if (size == 0) {
            return new TensorData(view.storage().type(), view.shape(), MemorySegment.ofArray(new byte[0]));
        }
        MemorySegment storage = storages.bytes(view.storage());
        if (rowMajor(view)) {
            return new TensorData(
                    view.storage().type(), view.shape(), storage.asSlice(view.offset() * bytes, size * bytes));
        }
        if (size > (Integer.MAX_VALUE - 16) / bytes || size * bytes > copyable) {
            throw new CheckpointException("%s: refused: a view %s with strides %s of %d elements; make it contiguous"
                    .formatted(
                            source, view.shape(), view.strides(), view.storage().size()));
        }
        copyable -= size * bytes;
        MemorySegment copy = MemorySegment.ofArray(new byte[(int) size * bytes]);
        int rank = view.shape().size();
        long[] index = new long[rank];
        long from = view.offset();
        for (long to = 0; to < size; to++) {
            MemorySegment.copy(storage, from * bytes, copy, to * bytes, bytes);
            for (int axis = rank - 1; axis >= 0; axis--) {
                from += view.strides().get(axis);
                if (++index[axis] < view.shape().get(axis)) {
                    break;
                }
                from -= view.shape().get(axis) * view.strides().get(axis);
                index[axis] = 0;
            }
        }
        return new TensorData(view.storage().type(), view.shape(), copy);
    }

    private static boolean rowMajor(Strided view) {
        long expected = 1;
        for (int axis = view.shape().size() - 1; axis >= 0; axis--) {
            long extent = view.shape().get(axis);
            if (extent != 1 && view.strides().get(axis) != expected) {
                return false;
            }
            expected *= extent;
        }
        return true;
    }
}
