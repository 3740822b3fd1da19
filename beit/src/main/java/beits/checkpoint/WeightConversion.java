package beits.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Between the layouts. Everything meets in the official names without index buffers, which is also how our own checkpoints are
 * written. No value is touched: tensors change names, and the fused q, k, v weight is cut into rows or put together again.
 */
public final class WeightConversion {
    private static final String FUSED = "attn.qkv.weight";
    private static final String QUERY = "attention.attention.query.weight";
    private static final String KEY = "attention.attention.key.weight";
    private static final String VALUE = "attention.attention.value.weight";
    private static final List<String> PARTS = List.of(QUERY, KEY, VALUE);

    /** Before the number of a block in Hugging Face's names. */
    static final String LAYER = "beit.encoder.layer.";

    private WeightConversion() {}

    /**
     * A checkpoint under official names.
     *
     * @param layout what it was
     * @param tensors without index buffers, in the order of the official state dict; names that no rule knows come last
     *     and unchanged
     * @param renamed official name to the name or names it had, where they differ
     * @param leftOut names in the file of what is no weight of the model, such as index buffers, and why
     */
    public record Official(
            WeightLayout layout, NamedTensors tensors, Map<String, String> renamed, Map<String, String> leftOut) {
        public Official {
            renamed = Map.copyOf(renamed);
            leftOut = Collections.unmodifiableMap(new LinkedHashMap<>(leftOut));
        }
    }

    /**
     * Brings a checkpoint of any layout to official names.
     *
     * @param source name of the file, for messages
     * @throws CheckpointException when the layout is unknown, or q, k and v do not belong together
     */
    public static Official toOfficial(NamedTensors tensors, String source) throws CheckpointException {
        WeightLayout layout = WeightLayout.of(tensors, source);
        Map<String, String> leftOut = new LinkedHashMap<>();
        Map<String, TensorData> found = new LinkedHashMap<>();
        Map<String, String> renamed = new LinkedHashMap<>();
        for (Map.Entry<String, TensorData> entry : tensors.tensors().entrySet()) {
            String name = entry.getKey();
            if (WeightNames.isIndex(name)) {
                leftOut.put(name, "the index follows from the grid");
                continue;
            }
            if (layout != WeightLayout.HUGGING_FACE) {
                found.put(name, entry.getValue());
                continue;
            }
            String part = PARTS.stream().filter(name::endsWith).findFirst().orElse(null);
            if (part == null) {
                String official = WeightNames.toOfficial(prefixed(tensors, name));
                String kept = official == null ? name : official;
                if (found.put(kept, entry.getValue()) != null) {
                    throw new CheckpointException("%s: two tensors for %s".formatted(source, kept));
                }
                if (official != null && !official.equals(name)) {
                    renamed.put(official, name);
                }
            } else if (part.equals(QUERY)) {
                String stem = name.substring(0, name.length() - QUERY.length());
                String official = fusedName(prefixed(tensors, stem));
                found.put(official, fused(tensors, stem, source));
                renamed.put(official, stem + "attention.attention.{query,key,value}.weight");
            } else if (!tensors.has(name.substring(0, name.length() - part.length()) + QUERY)) {
                found.put(name, entry.getValue());
            }
        }
        NamedTensors official = inOrder(found);
        tensors.metadata().forEach(official::describe);
        return new Official(layout, official, renamed, leftOut);
    }

    private static String prefixed(NamedTensors tensors, String name) {
        return tensors.has("embeddings.patch_embeddings.projection.weight") ? "beit." + name : name;
    }

    private static String fusedName(String layer) {
        return "blocks." + layer.substring(LAYER.length()) + FUSED;
    }

    private static TensorData fused(NamedTensors tensors, String stem, String source) throws CheckpointException {
        TensorData query = tensors.get(stem + QUERY);
        for (String part : List.of(KEY, VALUE)) {
            if (!tensors.has(stem + part)
                    || !tensors.get(stem + part).shape().equals(query.shape())
                    || tensors.get(stem + part).type() != query.type()
                    || query.shape().size() != 2) {
                throw new CheckpointException(
                        "%s: %s is missing or differs in type or shape from its query".formatted(source, stem + part));
            }
        }
        long bytes = query.data().byteSize();
        MemorySegment data = Arena.ofAuto().allocate(Math.max(1, 3 * bytes)).asSlice(0, 3 * bytes);
        for (int i = 0; i < PARTS.size(); i++) {
            MemorySegment.copy(tensors.get(stem + PARTS.get(i)).data(), 0, data, i * bytes, bytes);
        }
        return new TensorData(
                query.type(), List.of(3 * query.shape().get(0), query.shape().get(1)), data);
    }

    private static NamedTensors inOrder(Map<String, TensorData> found) {
        int depth =
                1 + found.keySet().stream().mapToInt(WeightNames::block).max().orElse(-1);
        NamedTensors ordered = new NamedTensors();
        for (String name : WeightNames.inOrder(depth)) {
            TensorData tensor = found.remove(name);
            if (tensor != null) {
                ordered.put(name, tensor);
            }
        }
        found.forEach(ordered::put);
        return ordered;
    }

    /**
     * Gives a checkpoint the names of a layout.
     *
     * @param official as {@link Official#tensors}
     * @param grid of the model, for the index buffers of the official layout
     * @throws CheckpointException when the layout has no name for a tensor
     */
    public static NamedTensors to(WeightLayout layout, NamedTensors official, Grid grid) throws CheckpointException {
        NamedTensors converted = switch (layout) {
            case TIMM -> copy(official);
            case OFFICIAL -> withIndexes(official, grid);
            case HUGGING_FACE -> huggingFace(official);
        };
        official.metadata().forEach(converted::describe);
        return converted;
    }

    private static NamedTensors copy(NamedTensors official) {
        NamedTensors copy = new NamedTensors();
        official.tensors().forEach(copy::put);
        return copy;
    }

    private static NamedTensors withIndexes(NamedTensors official, Grid grid) {
        NamedTensors converted = new NamedTensors();
        TensorData index = PositionResizing.relativeIndex(grid);
        official.tensors().forEach((name, tensor) -> {
            converted.put(name, tensor);
            if (name.endsWith("relative_position_bias_table")) {
                converted.put(name.replace("relative_position_bias_table", "relative_position_index"), index);
            }
        });
        return converted;
    }

    private static NamedTensors huggingFace(NamedTensors official) throws CheckpointException {
        boolean maskedImageModel = official.has("lm_head.weight");
        NamedTensors converted = new NamedTensors();
        for (Map.Entry<String, TensorData> entry : official.tensors().entrySet()) {
            String name = entry.getKey();
            TensorData tensor = entry.getValue();
            int block = WeightNames.block(name);
            if (block >= 0 && name.endsWith(FUSED)) {
                if (tensor.shape().size() != 2 || tensor.shape().getFirst() % PARTS.size() != 0) {
                    throw new CheckpointException(
                            "%s %s cannot be cut into q, k and v".formatted(name, tensor.shape()));
                }
                long rows = tensor.shape().getFirst() / PARTS.size();
                if (!official.has("blocks." + block + ".attn.q_bias")) {
                    zeroBiases(converted, block, tensor.type(), rows);
                }
                for (int i = 0; i < PARTS.size(); i++) {
                    converted.put(LAYER + block + "." + PARTS.get(i), tensor.rows(i * rows, (i + 1) * rows));
                }
                continue;
            }
            String renamed = WeightNames.toHuggingFace(name, maskedImageModel);
            if (renamed == null) {
                throw new CheckpointException(
                        "%s %s has no name in the Hugging Face layout; drop it first".formatted(name, tensor.shape()));
            }
            converted.put(renamed, tensor);
        }
        return converted;
    }

    /** Hugging Face's q and v always have a bias; a model without one has zeros there. */
    private static void zeroBiases(NamedTensors converted, int block, TensorType type, long width) {
        for (String part : List.of("query", "value")) {
            converted.put(
                    LAYER + block + ".attention.attention." + part + ".bias",
                    new TensorData(
                            type,
                            List.of(width),
                            MemorySegment.ofArray(new byte[Math.toIntExact(width * type.bytes())])));
        }
    }
}
