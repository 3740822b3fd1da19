package beits.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A checkpoint that Hugging Face's {@code save_pretrained} cut into several safetensors files: an index, {@code
 * model.safetensors.index.json}, whose {@code weight_map} names the file of every tensor. Each file is mapped once. That a file is
 * a link to elsewhere, as in Hugging Face's cache, is no matter; its name must lie in the folder of the index.
 */
final class ShardedSafetensors {
    /** How the name of an index ends. */
    static final String INDEX = ".safetensors.index.json";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private ShardedSafetensors() {}

    /**
     * Opens the files of an index. The tensors have the order of the index.
     *
     * @throws CheckpointException when the index is none, a file is missing or lies elsewhere, or the files hold other tensors than the
     *     index says
     */
    static NamedTensors read(Path index) throws IOException {
        Map<String, String> places = places(index);
        Map<String, NamedTensors> shards = new LinkedHashMap<>();
        NamedTensors whole = new NamedTensors();
        for (Map.Entry<String, String> place : places.entrySet()) {
            String name = place.getKey();
            NamedTensors shard = shards.get(place.getValue());
            if (shard == null) {
                shard = shard(index, name, place.getValue());
                shards.put(place.getValue(), shard);
                shard.metadata().forEach(whole::describe);
            }
            if (!shard.has(name)) {
                throw oneLine("%s: has no tensor %s, which %s places there; copy or download both again"
                        .formatted(index.resolveSibling(place.getValue()), name, index.getFileName()));
            }
            whole.put(name, shard.get(name));
        }
        for (Map.Entry<String, NamedTensors> shard : shards.entrySet()) {
            for (String name : shard.getValue().tensors().keySet()) {
                if (!shard.getKey().equals(places.get(name))) {
                    throw oneLine("%s: holds a tensor %s, which %s does not place there; copy or download both again"
                            .formatted(index.resolveSibling(shard.getKey()), name, index.getFileName()));
                }
            }
        }
        return whole;
    }

    /** File by tensor. */
    private static Map<String, String> places(Path index) throws IOException {
        MemorySegment bytes = Safetensors.map(index);
        if (bytes.byteSize() > SafetensorsHeader.LARGEST) {
            throw broken(index, "too long", null);
        }
        Map<String, String> places = new LinkedHashMap<>();
        try {
            JsonNode map = JSON.readTree(bytes.toArray(ValueLayout.JAVA_BYTE)).path("weight_map");
            if (map.isEmpty() || !map.isObject()) {
                throw broken(index, "it has no weight_map that names files", null);
            }
            for (Map.Entry<String, JsonNode> entry : map.properties()) {
                if (!entry.getValue().isString()) {
                    throw broken(index, "its weight_map names no file for " + entry.getKey(), null);
                }
                places.put(entry.getKey(), entry.getValue().stringValue());
            }
        } catch (JacksonException e) {
            throw broken(index, "it is no JSON: " + e.getOriginalMessage(), e);
        }
        return places;
    }

    private static NamedTensors shard(Path index, String tensor, String name) throws IOException {
        if (!isWithin(name)) {
            throw oneLine(
                    "%s: weight_map: %s: refused: the file %s does not lie in the folder of the index; name one that does"
                            .formatted(index, tensor, name));
        }
        Path file = index.resolveSibling(name);
        if (!Files.isRegularFile(file)) {
            throw oneLine("%s: no such file, but %s wants it for %s; copy or download it too"
                    .formatted(file, index.getFileName(), tensor));
        }
        return Safetensors.read(file);
    }

    private static boolean isWithin(String name) {
        try {
            Path path = Path.of(name);
            return !path.isAbsolute() && !path.normalize().startsWith("..");
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static CheckpointException broken(Path index, String what, @Nullable Throwable cause) {
        return oneLine(
                "%s: no index of safetensors files: %s; copy or download it again".formatted(index, what), cause);
    }

    private static CheckpointException oneLine(String message) {
        return oneLine(message, null);
    }

    /** Names from the files may hold anything. */
    private static CheckpointException oneLine(String message, @Nullable Throwable cause) {
        return new CheckpointException(message.replaceAll("\\p{Cntrl}", "?"), cause);
    }
}
