package beits.checkpoint;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

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
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the calls of an allowed pickle stand for. A tensor must lie inside its storage, whatever its strides; a storage must have
 * a plain key; the rest are containers.
 */
final class PickleObjects {
    private static final int MOST_EXTENTS = 32;
    private static final int LONGEST_STORAGE_KEY = 64;
    private static final int LONGEST_KEY = 4096;
    private static final int MOST_PARTS = 64;
    private static final int MOST_COPIES = 5_000_000;

    private final String source;
    private final Map<String, Storage> storages = new LinkedHashMap<>();
    private int copies;

    PickleObjects(String source) {
        this.source = source;
    }

    /** The storages that were mentioned, by key. */
    Map<String, Storage> storages() {
        return storages;
    }

    static CheckpointException refused(String source, String what) {
        return new CheckpointException(
                "%s: refused: the pickle wants %s, and only tensors and plain containers are read; ask for safetensors, or save the state dict alone"
                        .formatted(source, printable(what)));
    }

    private static String printable(String text) {
        String shortened = text.length() <= 200 ? text : text.substring(0, 200) + "…";
        return shortened.replaceAll("\\p{Cntrl}", "?");
    }

    private CheckpointException malformed(String what) {
        return new CheckpointException(
                source + ": not a whole PyTorch file: " + printable(what) + "; copy or download it again");
    }

    /** The value as a key of a dictionary. */
    static Pickled key(String source, Pickled value) throws CheckpointException {
        return switch (value) {
            case None none -> none;
            case Bool bool -> bool;
            case Int integer -> integer;
            case Real real -> real;
            case Text text when text.value().length() <= LONGEST_KEY -> text;
            case Bytes bytes when bytes.latin1().length() <= LONGEST_KEY -> bytes;
            case Text _, Bytes _, Sequence _, Mapping _, Instance _, Global _, Storage _, Strided _ ->
                throw refused(source, "a dictionary whose key is neither a short text nor a number");
        };
    }

    /** A call ({@code REDUCE}). */
    Pickled call(Pickled callee, Pickled arguments) throws CheckpointException {
        if (!(callee instanceof Global global) || !(arguments instanceof Sequence sequence)) {
            throw refused(source, "to call something that is no function");
        }
        PickleGlobals.Function function = PickleGlobals.function(global.name());
        if (function == null) {
            throw refused(source, "to call " + global.name());
        }
        List<Pickled> given = sequence.items();
        return switch (function) {
            case ORDERED_DICT -> orderedDict(given);
            case SET -> list(given);
            case ENCODE -> encoded(given);
            case DEVICE -> new Text(joined(given, ":"));
            case PATH -> new Text(joined(given, "/"));
            case TENSOR -> tensor(given);
            case PARAMETER -> parameter(given);
            case NUMPY_TYPE -> numpyType(given);
            case NUMPY_SCALAR -> numpyScalar(given);
        };
    }

    /** An object without fields yet ({@code NEWOBJ}). */
    Pickled create(Pickled type, Pickled arguments) throws CheckpointException {
        if (!(type instanceof Global global) || !PickleGlobals.hasFields(global.name())) {
            throw refused(source, "an object of " + (type instanceof Global global ? global.name() : "no known class"));
        }
        if (!(arguments instanceof Sequence sequence) || !sequence.items().isEmpty()) {
            throw refused(source, "to pass arguments to " + global.name());
        }
        return new Instance(global.name());
    }

    /** Sets the fields of an object ({@code BUILD}). */
    void build(Pickled object, Pickled state) throws CheckpointException {
        switch (object) {
            case Instance instance when instance.type().equals("numpy.dtype") -> checkByteOrder(state);
            case Instance instance -> {
                if (!(state instanceof Mapping mapping)) {
                    throw refused(source, "to set the state of " + instance.type() + " from no dictionary");
                }
                for (Map.Entry<Pickled, Pickled> field : mapping.entries().entrySet()) {
                    instance.fields().put(text(field.getKey()), field.getValue());
                }
            }
            // The attributes of a state dict (its _metadata) say nothing of the tensors.
            case Mapping _ when state instanceof Mapping -> {}
            case None _,
                    Bool _,
                    Int _,
                    Real _,
                    Text _,
                    Bytes _,
                    Sequence _,
                    Mapping _,
                    Global _,
                    Storage _,
                    Strided _ -> throw refused(source, "to set the state of something that has none");
        }
    }

    /** A storage, or the class of a legacy file's module ({@code BINPERSID}). */
    Pickled persistent(Pickled id) throws CheckpointException {
        List<Pickled> parts = id instanceof Sequence sequence ? sequence.items() : List.of();
        String kind = parts.isEmpty() || !(parts.getFirst() instanceof Text text) ? "" : text.value();
        if (kind.equals("module") && parts.size() == 4 && parts.get(1) instanceof Global global) {
            return global;
        }
        if (!kind.equals("storage") || parts.size() < 5 || parts.size() > 6) {
            throw refused(source, "a persistent object that is no storage");
        }
        if (parts.size() == 6 && !(parts.get(5) instanceof None)) {
            throw refused(source, "a view of a storage, as PyTorch before 1.0 wrote it");
        }
        TensorType type = parts.get(1) instanceof Global global ? PickleGlobals.storage(global.name()) : null;
        String key = text(parts.get(2));
        if (type == null || !key.matches("[0-9A-Za-z_]{1," + LONGEST_STORAGE_KEY + "}")) {
            throw refused(source, "a storage of no known type or under the key " + key);
        }
        long size = number(parts.get(4));
        if (size < 0 || size > Long.MAX_VALUE / type.bytes()) {
            throw malformed("a storage of %d elements".formatted(size));
        }
        Storage storage = new Storage(type, key, size);
        Storage known = storages.putIfAbsent(key, storage);
        if (known != null && !known.equals(storage)) {
            throw malformed("storage %s as %s and as %s".formatted(key, known, storage));
        }
        return storage;
    }

    /** Counts the items that a call copies: the same list may be handed to any number of calls. */
    private void count(Sequence copied) throws CheckpointException {
        copies += copied.items().size();
        if (copies < 0 || copies > MOST_COPIES) {
            throw malformed("more than %d values".formatted(MOST_COPIES));
        }
    }

    private static Pickled list(List<Pickled> given) {
        return given.size() == 1 && given.getFirst() instanceof Sequence items ? items : new Sequence();
    }

    private Pickled orderedDict(List<Pickled> given) throws CheckpointException {
        Mapping mapping = new Mapping();
        if (given.isEmpty()) {
            return mapping;
        }
        if (given.size() != 1 || !(given.getFirst() instanceof Sequence pairs)) {
            throw malformed("an OrderedDict of no pairs");
        }
        count(pairs);
        for (Pickled pair : pairs.items()) {
            if (!(pair instanceof Sequence entry) || entry.items().size() != 2) {
                throw malformed("an OrderedDict of no pairs");
            }
            mapping.entries()
                    .put(key(source, entry.items().getFirst()), entry.items().getLast());
        }
        return mapping;
    }

    private Pickled encoded(List<Pickled> given) throws CheckpointException {
        if (given.size() != 2 || !text(given.getLast()).equals("latin1")) {
            throw refused(source, "an encoding other than latin1");
        }
        return new Bytes(text(given.getFirst()));
    }

    private String joined(List<Pickled> given, String separator) throws CheckpointException {
        List<String> parts = new ArrayList<>();
        for (Pickled part : given) {
            String shown = part instanceof Int integer ? integer.value().toString() : text(part);
            if (parts.size() == MOST_PARTS || shown.length() > LONGEST_KEY) {
                throw malformed("a device or path without end");
            }
            parts.add(shown);
        }
        return String.join(separator, parts);
    }

    private Pickled parameter(List<Pickled> given) throws CheckpointException {
        if (given.isEmpty() || !(given.getFirst() instanceof Strided tensor)) {
            throw malformed("a parameter that is no tensor");
        }
        return tensor;
    }

    /** {@code _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)}. */
    private Pickled tensor(List<Pickled> given) throws CheckpointException {
        if (given.size() < 6
                || given.size() > 7
                || !(given.get(0) instanceof Storage storage)
                || !(given.get(2) instanceof Sequence sizes)
                || !(given.get(3) instanceof Sequence steps)) {
            throw malformed("a tensor without storage, size and stride");
        }
        long offset = number(given.get(1));
        List<Long> shape = numbers(sizes);
        List<Long> strides = numbers(steps);
        if (shape.size() != strides.size() || shape.size() > MOST_EXTENTS) {
            throw malformed("a tensor with %d extents and %d strides".formatted(shape.size(), strides.size()));
        }
        try {
            long elements = TensorData.size(shape);
            long last = offset;
            for (int i = 0; i < shape.size(); i++) {
                if (shape.get(i) < 0 || strides.get(i) < 0) {
                    throw malformed("a tensor with extents %s and strides %s".formatted(shape, strides));
                }
                last = Math.addExact(last, Math.multiplyExact(Math.max(0, shape.get(i) - 1), strides.get(i)));
            }
            if (offset < 0 || offset > storage.size() || elements > 0 && last >= storage.size()) {
                throw malformed("a tensor %s with strides %s from %d in a storage of %d elements"
                        .formatted(shape, strides, offset, storage.size()));
            }
        } catch (ArithmeticException e) {
            throw malformed("a tensor with extents %s and strides %s".formatted(shape, strides));
        }
        return new Strided(storage, offset, shape, strides);
    }

    private Pickled numpyType(List<Pickled> given) throws CheckpointException {
        if (given.isEmpty()) {
            throw malformed("a NumPy type without a name");
        }
        Instance type = new Instance("numpy.dtype");
        type.fields().put("name", new Text(text(given.getFirst())));
        return type;
    }

    private void checkByteOrder(Pickled state) throws CheckpointException {
        List<Pickled> parts = state instanceof Sequence sequence ? sequence.items() : List.of();
        if (parts.size() < 2 || !text(parts.get(1)).matches("[<|=]")) {
            throw refused(source, "a NumPy type that is not little-endian");
        }
    }

    private Pickled numpyScalar(List<Pickled> given) throws CheckpointException {
        if (given.size() != 2
                || !(given.getFirst() instanceof Instance type)
                || !(type.fields().get("name") instanceof Text name)
                || !(given.getLast() instanceof Bytes bytes)) {
            throw malformed("a NumPy number without type and bytes");
        }
        ByteBuffer value = ByteBuffer.wrap(bytes.latin1().getBytes(ISO_8859_1)).order(ByteOrder.LITTLE_ENDIAN);
        String described = name.value() + " of " + value.remaining() + " bytes";
        return switch (described) {
            case "f8 of 8 bytes" -> new Real(value.getDouble());
            case "f4 of 4 bytes" -> new Real(value.getFloat());
            case "i8 of 8 bytes" -> new Int(BigInteger.valueOf(value.getLong()));
            case "i4 of 4 bytes" -> new Int(BigInteger.valueOf(value.getInt()));
            case "b1 of 1 bytes" -> new Bool(value.get() != 0);
            default -> throw refused(source, "a NumPy number " + described);
        };
    }

    private List<Long> numbers(Sequence sequence) throws CheckpointException {
        count(sequence);
        List<Long> numbers = new ArrayList<>();
        for (Pickled item : sequence.items()) {
            numbers.add(number(item));
        }
        return numbers;
    }

    private long number(Pickled value) throws CheckpointException {
        if (value instanceof Int integer && integer.value().bitLength() < Long.SIZE) {
            return integer.value().longValue();
        }
        throw malformed("something else where a number should be");
    }

    private String text(Pickled value) throws CheckpointException {
        if (value instanceof Text text) {
            return text.value();
        }
        throw malformed("something else where a text should be");
    }
}
