package beits.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A golden case: what goes in, how the model is made, and what must come out.
 *
 * @param folder where its files are
 * @param name group and name, such as {@code mim/a_abs_pos}
 * @param config constructor and recipe values
 * @param scalars results that are not tensors
 * @param inputs tensors that go in; parameters begin with {@code param/}
 * @param expected tensors that must come out
 */
record GoldenCase(
        Path folder,
        String name,
        Fields config,
        Fields scalars,
        Map<String, GoldenTensor> inputs,
        Map<String, GoldenTensor> expected) {
    private static final JsonMapper JSON = new JsonMapper();

    /** File that makes a folder a case. */
    static final String DESCRIPTION = "case.json";

    /**
     * Reads a case.
     *
     * @throws IOException when a file cannot be read, naming it
     */
    static GoldenCase read(Path folder) throws IOException {
        Path description = folder.resolve(DESCRIPTION);
        JsonNode root;
        try {
            root = JSON.readTree(Files.readAllBytes(description));
        } catch (JacksonException e) {
            throw new IOException(description + ": " + e.getOriginalMessage(), e);
        }
        return new GoldenCase(
                folder,
                name(folder, root),
                new Fields("config", root.path("config")),
                new Fields("scalars", root.path("scalars")),
                GoldenFile.read(folder.resolve("inputs.safetensors")),
                GoldenFile.read(folder.resolve("expected.safetensors")));
    }

    private static String name(Path folder, JsonNode root) {
        String stated = root.path("case").asString("");
        return stated.contains("/") ? stated : shortName(folder);
    }

    /** The last two parts of a path, which are the group and the name of a case in the usual layout. */
    static String shortName(Path folder) {
        Path absolute = folder.toAbsolutePath().normalize();
        int parts = absolute.getNameCount();
        return absolute.subpath(Math.max(0, parts - 2), parts).toString().replace('\\', '/');
    }

    /** First part of the name. */
    String group() {
        return name.substring(0, name.indexOf('/'));
    }

    GoldenTensor input(String tensor) {
        return present(inputs, tensor, "inputs.safetensors");
    }

    GoldenTensor expected(String tensor) {
        return present(expected, tensor, "expected.safetensors");
    }

    private static GoldenTensor present(Map<String, GoldenTensor> tensors, String name, String file) {
        GoldenTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(file + ": tensor " + name + " is missing");
        }
        return tensor;
    }
}
