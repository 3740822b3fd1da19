package beits.checkpoint;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Tensors by name in a fixed order, with text that describes them. */
public final class NamedTensors {
    private final Map<String, TensorData> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new TreeMap<>();

    /** Adds a tensor; a name may be used once. */
    public NamedTensors put(String name, TensorData tensor) {
        if (tensors.putIfAbsent(name, tensor) != null) {
            throw new IllegalArgumentException("two tensors are called " + name);
        }
        return this;
    }

    /** Sets a line of description. */
    public NamedTensors describe(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /** The tensor of this name. */
    public TensorData get(String name) {
        TensorData tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("there is no tensor " + name);
        }
        return tensor;
    }

    /** Whether there is a tensor of this name. */
    public boolean has(String name) {
        return tensors.containsKey(name);
    }

    /** All tensors in order. */
    public Map<String, TensorData> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /** The description, by key. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }
}
