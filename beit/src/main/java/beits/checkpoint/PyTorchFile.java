package beits.checkpoint;

import beits.checkpoint.Pickled.Instance;
import beits.checkpoint.Pickled.Int;
import beits.checkpoint.Pickled.Mapping;
import beits.checkpoint.Pickled.Sequence;
import beits.checkpoint.Pickled.Storage;
import beits.checkpoint.Pickled.Text;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file of {@code torch.save}: the zip container (PyTorch 1.6 and later), which is written too, or the legacy one. Nothing of it
 * is ever run or instantiated; see {@link Pickled}. Tensors are parts of the mapped file wherever they are contiguous and not
 * compressed.
 */
public final class PyTorchFile {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final BigInteger LEGACY_PROTOCOL = BigInteger.valueOf(1001);
    private static final int ZIP = 0x04034b50;
    private static final String ARCHIVE = "archive/";
    private static final String ZIP_VERSION = "3\n";
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final List<String> MODEL_KEYS = List.of("model", "module", "state_dict", "model_state_dict");

    private final String source;
    private final Pickled content;
    private final PickledTensors tensors;

    private PyTorchFile(String source, Pickled content, PickledTensors tensors) {
        this.source = source;
        this.content = content;
        this.tensors = tensors;
    }

    /**
     * Opens a file. The tensors stay valid as long as anybody holds them.
     *
     * @throws CheckpointException when it is damaged, or wants anything but tensors and plain containers
     */
    public static PyTorchFile read(Path file) throws IOException {
        return read(Safetensors.map(file), file.toString());
    }

    /**
     * Reads the content of a file.
     *
     * @param whole the bytes of the file
     * @param source name of the file, for messages
     */
    static PyTorchFile read(MemorySegment whole, String source) throws CheckpointException {
        if (whole.byteSize() == 0) {
            throw new CheckpointException(source + ": is empty; copy or download it again");
        }
        return isZip(whole) ? readZip(whole, source) : readLegacy(whole, source);
    }

    /**
     * Writes a state dict in one step as {@code torch.save} does since PyTorch 1.6, for {@code torch.load} with or without {@code
     * weights_only}. The descriptions of the tensors are left out: what reads such files expects a model and nothing else.
     *
     * @param key under which loaders look for the state dict, such as {@code model}; null for those that expect it alone
     */
    public static void write(Path file, NamedTensors tensors, @Nullable String key) throws IOException {
        AtomicFile.write(file, channel -> {
            StoredZip zip = new StoredZip(channel);
            zip.put(ARCHIVE + "data.pkl", PickleWriter.stateDict(tensors, key));
            zip.put(ARCHIVE + "byteorder", ascii("little"));
            int storage = 0;
            for (TensorData tensor : tensors.tensors().values()) {
                zip.put(ARCHIVE + "data/" + storage++, tensor.data());
            }
            zip.put(ARCHIVE + "version", ascii(ZIP_VERSION));
            zip.finish();
        });
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static boolean isZip(MemorySegment whole) {
        return whole.byteSize() >= 4 && whole.get(INT, 0) == ZIP;
    }

    private static PyTorchFile readZip(MemorySegment whole, String source) throws CheckpointException {
        ZipArchive archive = new ZipArchive(source, whole);
        String prefix = null;
        for (String name : archive.names()) {
            String folder = name.substring(0, name.indexOf('/') + 1);
            if (name.equals(folder + "data.pkl")) {
                if (prefix != null) {
                    throw new CheckpointException(source + ": two data.pkl in one archive; save the file again");
                }
                prefix = folder;
            }
        }
        if (prefix == null) {
            throw new CheckpointException(source + ": a zip archive without data.pkl is no file of torch.save");
        }
        if (archive.size(prefix + "constants.pkl") >= 0) {
            throw new CheckpointException(source + ": is a TorchScript program; save its state dict instead");
        }
        MemorySegment little = MemorySegment.ofArray(ascii("little"));
        if (archive.size(prefix + "byteorder") >= 0
                && archive.bytes(prefix + "byteorder").mismatch(little) >= 0) {
            throw new CheckpointException(source + ": is not little-endian; save it again on such a machine");
        }
        if (archive.size(prefix + "data.pkl") > PickleReader.LONGEST) {
            throw new CheckpointException("%s: refused: its data.pkl has %d bytes, more than the limit of %d"
                    .formatted(source, archive.size(prefix + "data.pkl"), PickleReader.LONGEST));
        }
        PickleObjects objects = new PickleObjects(source);
        PickleReader reader = new PickleReader(source, archive.bytes(prefix + "data.pkl"), objects);
        Pickled content = reader.read();
        String data = prefix + "data/";
        for (Storage storage : objects.storages().values()) {
            long size = archive.size(data + storage.key());
            if (size != storage.size() * storage.type().bytes()) {
                throw truncated(
                        source,
                        "storage %s of %d %s elements has %s"
                                .formatted(
                                        storage.key(),
                                        storage.size(),
                                        storage.type(),
                                        size < 0 ? "no entry" : size + " bytes"));
            }
        }
        PickledTensors tensors =
                new PickledTensors(source, storage -> archive.bytes(data + storage.key()), whole.byteSize());
        return new PyTorchFile(source, content, tensors);
    }

    private static PyTorchFile readLegacy(MemorySegment whole, String source) throws CheckpointException {
        PickleObjects objects = new PickleObjects(source);
        PickleReader reader = new PickleReader(source, whole, objects);
        if (!(reader.read() instanceof Int magic) || !magic.value().equals(MAGIC)) {
            throw new CheckpointException(source + ": a pickle that is no file of torch.save; save it with torch.save");
        }
        if (!(reader.read() instanceof Int protocol) || !protocol.value().equals(LEGACY_PROTOCOL)) {
            throw truncated(source, "a legacy file of an unknown protocol");
        }
        if (!(reader.read() instanceof Mapping system)
                || !(system.get("little_endian") instanceof Pickled.Bool little)
                || !little.value()) {
            throw new CheckpointException(source + ": is not little-endian; save it again on such a machine");
        }
        Pickled content = reader.read();
        Map<String, MemorySegment> data = legacyStorages(source, reader, objects.storages());
        PickledTensors tensors = new PickledTensors(
                source,
                storage -> {
                    MemorySegment bytes = data.get(storage.key());
                    if (bytes == null) {
                        throw truncated(source, "no storage " + storage.key());
                    }
                    return bytes;
                },
                whole.byteSize());
        return new PyTorchFile(source, content, tensors);
    }

    /** The storages behind the pickles: a list of keys, then for each the number of elements and the elements. */
    private static Map<String, MemorySegment> legacyStorages(
            String source, PickleReader reader, Map<String, Storage> expected) throws CheckpointException {
        if (!(reader.read() instanceof Sequence keys)) {
            throw truncated(source, "no list of storages");
        }
        MemorySegment rest = reader.rest();
        Map<String, MemorySegment> data = new HashMap<>();
        long at = 0;
        for (Pickled key : keys.items()) {
            Storage storage = key instanceof Text text ? expected.get(text.value()) : null;
            if (storage == null || data.containsKey(storage.key())) {
                throw truncated(source, "a storage that no tensor names, or two of one name");
            }
            long size = storage.size() * storage.type().bytes();
            if (rest.byteSize() - at < 8 || rest.get(LONG, at) != storage.size() || rest.byteSize() - at - 8 < size) {
                throw truncated(
                        source,
                        "storage %s of %d elements is not whole at byte %d of the data"
                                .formatted(storage.key(), storage.size(), at));
            }
            data.put(storage.key(), rest.asSlice(at + 8, size));
            at += 8 + size;
        }
        if (data.size() != expected.size()) {
            throw truncated(source, "%d storages of %d".formatted(data.size(), expected.size()));
        }
        if (at != rest.byteSize()) {
            throw truncated(source, "%d bytes behind the last storage".formatted(rest.byteSize() - at));
        }
        return data;
    }

    private static CheckpointException truncated(String source, String what) {
        return new CheckpointException(source + ": not a whole PyTorch file: " + what + "; copy or download it again");
    }

    /** Everything in the file. */
    public Pickled content() {
        return content;
    }

    /**
     * The tensors of the model: those under {@code model}, {@code module} (as the official loader looks for them), {@code
     * state_dict} or {@code model_state_dict}, else the file's top level; a pickled module gives its state dict. Plain values
     * beside them become the description, as {@code pth.epoch} or {@code pth.args.lr}.
     *
     * @throws CheckpointException when there is no state dict
     */
    public NamedTensors model() throws CheckpointException {
        if (content instanceof Mapping top) {
            for (String key : MODEL_KEYS) {
                if (top.get(key) instanceof Mapping || top.get(key) instanceof Instance) {
                    return model(key);
                }
            }
        }
        return tensors.stateDict(content);
    }

    /**
     * The tensors under a key of the top level, for example {@code model_ema}.
     *
     * @throws CheckpointException when there is no state dict under the key
     */
    public NamedTensors model(String key) throws CheckpointException {
        Pickled value = content instanceof Mapping top ? top.get(key) : null;
        if (value == null) {
            throw new CheckpointException("%s: has no %s; its keys are %s".formatted(source, key, keys()));
        }
        NamedTensors model = tensors.stateDict(value);
        if (content instanceof Mapping top) {
            tensors.describe(model, top, key);
        }
        return model;
    }

    private String keys() {
        if (!(content instanceof Mapping top)) {
            return "none";
        }
        return String.join(
                ", ",
                top.entries().keySet().stream()
                        .limit(50)
                        .map(PickledTensors::shown)
                        .toList());
    }

    /**
     * Every tensor of the file under its path, for example {@code optimizer/state/0/exp_avg}.
     *
     * @throws CheckpointException when the containers are nested without end
     */
    public NamedTensors everyTensor() throws CheckpointException {
        return tensors.everyTensor(content);
    }
}
