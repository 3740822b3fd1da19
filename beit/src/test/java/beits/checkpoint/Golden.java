package beits.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Files of the golden data. */
final class Golden {
    private Golden() {}

    static Path path(String name) {
        URL url = Objects.requireNonNull(Golden.class.getResource("/golden/" + name), name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(name, e);
        }
    }

    static NamedTensors tensors(String name) throws IOException {
        return Safetensors.read(path(name));
    }

    static JsonNode json(String name) throws IOException {
        return JsonMapper.builder().build().readTree(Files.readString(path(name)));
    }

    /** The tensors whose names begin with the prefix, without it. */
    static NamedTensors under(String prefix, NamedTensors tensors) {
        NamedTensors part = new NamedTensors();
        tensors.tensors().forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                part.put(name.substring(prefix.length()), tensor);
            }
        });
        return part;
    }

    /** Same names, types, shapes and bits, in any order. */
    static void assertSameBits(NamedTensors actual, NamedTensors expected) {
        assertThat(actual.tensors().keySet())
                .containsExactlyInAnyOrderElementsOf(expected.tensors().keySet());
        for (Map.Entry<String, TensorData> entry : expected.tensors().entrySet()) {
            TensorData tensor = actual.get(entry.getKey());
            assertThat(tensor.sameBits(entry.getValue()))
                    .as(
                            "%s: %s %s against %s %s",
                            entry.getKey(),
                            tensor.type(),
                            tensor.shape(),
                            entry.getValue().type(),
                            entry.getValue().shape())
                    .isTrue();
        }
    }
}
