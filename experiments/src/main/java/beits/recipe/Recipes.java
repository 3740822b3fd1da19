package beits.recipe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Recipe files: YAML bound to records, with errors that name file, line, column and field. */
public final class Recipes {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .build();

    /** The recipes that come along, by name. */
    public static final List<String> SHIPPED = List.of(
            "fashion-tokenizer",
            "fashion-pretrain",
            "fashion-finetune",
            "fashion-segment",
            "drawings-tokenizer",
            "drawings-pretrain",
            "drawings-finetune",
            "scenes-tokenizer",
            "scenes-pretrain",
            "scenes-segment",
            "scenes-segment-setr-pup",
            "imagenet-tokenizer",
            "beit-base-pretrain",
            "beit-base-22k-pretrain",
            "beit-large-pretrain",
            "beit-base-finetune",
            "beit-base-finetune-pt22k",
            "beit-base-finetune-22k",
            "beit-base-finetune-384",
            "beit-base-cifar100",
            "beit-large-finetune",
            "beit-large-finetune-pt22k",
            "beit-large-finetune-22k",
            "beit-large-finetune-384",
            "beit-base-finetune-ft22k",
            "beit-large-finetune-ft22k",
            "beit-large-finetune-512",
            "beit-base-ade20k-setr-pup",
            "beit-base-ade20k-upernet",
            "beit-base-ade20k-upernet-640",
            "beit-large-ade20k-upernet-640");

    private Recipes() {}

    /** Name of a recipe without folder and ending. */
    public static String name(String nameOrFile) {
        return String.valueOf(Path.of(nameOrFile).getFileName()).replaceFirst("\\.ya?ml$", "");
    }

    /** The recipe that comes along and leaves its model in this folder when nothing else is said, such as {@code runs/NAME}. */
    public static Optional<String> shippedFor(String run) {
        return Optional.of(name(run)).filter(SHIPPED::contains);
    }

    /**
     * Reads a recipe.
     *
     * @param nameOrFile name of a recipe that comes along, or a file
     * @param overrides {@code a.b=c} each
     * @throws RecipeException when it cannot be used
     */
    public static <T> T read(String nameOrFile, Class<T> type, List<String> overrides) throws IOException {
        String text = text(nameOrFile);
        String source =
                SHIPPED.contains(nameOrFile) ? nameOrFile : Path.of(nameOrFile).toString();
        Map<String, TokenStreamLocation> places = new HashMap<>();
        ObjectNode root = parse(text, source, places);
        Optional<RecipeKind> other = RecipeKind.otherThan(type, root);
        if (other.isPresent()) {
            RecipeKind kind = other.get();
            throw new RecipeException("%s: is a recipe for %s; `beits %s %s` takes it"
                    .formatted(source, kind.purpose(), kind.command(), nameOrFile));
        }
        Map<String, String> origins = new HashMap<>();
        for (String override : overrides) {
            apply(root, override, origins);
        }
        Optional<Fields.Fault> fault = Fields.fault(root, type);
        if (fault.isPresent()) {
            String path = fault.get().path();
            throw new RecipeException(where(source, path, places, origins) + path + ": "
                    + fault.get().message());
        }
        try {
            return YAML.treeToValue(root, type);
        } catch (DatabindException e) {
            throw explain(source, e, places, origins);
        }
    }

    private static ObjectNode parse(String text, String source, Map<String, TokenStreamLocation> places) {
        try {
            places(text, places);
            if (YAML.readTree(text) instanceof ObjectNode root) {
                return root;
            }
        } catch (JacksonException e) {
            throw new RecipeException(at(source, e.getLocation()) + "no YAML: " + firstLine(e.getOriginalMessage()), e);
        }
        throw new RecipeException(source + ":1:1: a recipe is a list of fields, this is none");
    }

    private static RecipeException explain(
            String source, DatabindException e, Map<String, TokenStreamLocation> places, Map<String, String> origins) {
        Throwable cause = e.getCause();
        if (cause instanceof IllegalArgumentException) {
            String message = String.valueOf(cause.getMessage());
            String path = path(e);
            String named = message.contains(":") || message.contains("=") ? message.split("[:=]")[0].trim() : path;
            String full = places.containsKey(named) || origins.containsKey(named)
                    ? named
                    : places.containsKey(path + "." + named) ? path + "." + named : named;
            return new RecipeException(where(source, full, places, origins) + message, e);
        }
        String path = path(e);
        String message = firstLine(e.getOriginalMessage());
        return new RecipeException(where(source, path, places, origins) + path + ": " + message, e);
    }

    /** The text of a recipe, by the name of one that comes along or by file. */
    public static String text(String nameOrFile) throws IOException {
        if (SHIPPED.contains(nameOrFile)) {
            try (InputStream in = Recipes.class.getResourceAsStream("/beits/recipes/" + nameOrFile + ".yaml")) {
                if (in == null) {
                    throw new IllegalStateException("the distribution lacks the recipe " + nameOrFile);
                }
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
        Path file = Path.of(nameOrFile);
        if (!Files.isRegularFile(file)) {
            throw new RecipeException(nameOrFile + ": no such recipe file, and none of the recipes that come along: "
                    + String.join(", ", SHIPPED));
        }
        byte[] content = Files.readAllBytes(file);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RecipeException(place(content, file) + "is no UTF-8 text; save it as UTF-8", e);
        }
    }

    /** Where the first bytes are that are no UTF-8. */
    private static String place(byte[] content, Path file) {
        String text = new String(content, StandardCharsets.UTF_8);
        String before = text.substring(
                0, text.indexOf(StandardCharsets.UTF_8.newDecoder().replacement()));
        int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
        return "%s:%d:%d: ".formatted(file, line, before.length() - before.lastIndexOf('\n'));
    }

    /** The kind of a recipe, by the fields at its top. */
    public static RecipeKind kind(String nameOrFile) throws IOException {
        return RecipeKind.of(parse(text(nameOrFile), nameOrFile, new HashMap<>()));
    }

    /** A recipe as YAML, every field spelled out. */
    public static String write(Object recipe) {
        return YAML.writeValueAsString(recipe);
    }

    /** The fields, such as {@code optim.lr}, in which two recipes of the same kind differ. */
    public static List<String> differences(String one, String other) {
        Map<String, String> values = new TreeMap<>();
        flatten("", YAML.readTree(one), values);
        Map<String, String> others = new TreeMap<>();
        flatten("", YAML.readTree(other), others);
        TreeSet<String> fields = new TreeSet<>(values.keySet());
        fields.addAll(others.keySet());
        fields.removeIf(field -> Objects.equals(values.get(field), others.get(field)));
        return List.copyOf(fields);
    }

    private static void flatten(String path, JsonNode node, Map<String, String> values) {
        if (node instanceof ObjectNode object) {
            object.properties()
                    .forEach(e -> flatten(path.isEmpty() ? e.getKey() : path + "." + e.getKey(), e.getValue(), values));
        } else {
            values.put(path, node.toString());
        }
    }

    private static void apply(ObjectNode root, String override, Map<String, String> origins) {
        int equals = override.indexOf('=');
        if (equals < 1) {
            throw new RecipeException("--set " + override + ": must be field=value, such as optim.lr=0.001");
        }
        String path = override.substring(0, equals).trim();
        JsonNode value;
        try {
            value = YAML.readTree(override.substring(equals + 1));
        } catch (JacksonException e) {
            throw new RecipeException("--set " + override + ": the value is no YAML", e);
        }
        ObjectNode node = root;
        String[] steps = path.split("\\.");
        for (int i = 0; i < steps.length - 1; i++) {
            JsonNode next = node.get(steps[i]);
            if (!(next instanceof ObjectNode object)) {
                throw new RecipeException("--set " + override + ": the recipe has no group " + steps[i]);
            }
            node = object;
        }
        // As in a file, where nothing behind a colon is null.
        node.set(steps[steps.length - 1], value.isMissingNode() ? NullNode.getInstance() : value);
        origins.put(path, "--set " + override + ": ");
    }

    private static void places(String text, Map<String, TokenStreamLocation> places) {
        try (JsonParser parser = YAML.createParser(text)) {
            while (parser.nextToken() != null) {
                String pointer = parser.streamReadContext().pathAsPointer().toString();
                String path = pointer.isEmpty() ? "" : pointer.substring(1).replace('/', '.');
                places.putIfAbsent(path, parser.currentTokenLocation());
            }
        }
    }

    private static String where(
            String source, String path, Map<String, TokenStreamLocation> places, Map<String, String> origins) {
        String set = nearest(path, origins);
        return set != null ? set : at(source, nearest(path, places));
    }

    /** What stands under a field, else under the nearest group or list that it is in. */
    private static <V> @Nullable V nearest(String path, Map<String, V> known) {
        String at = path;
        while (!at.isEmpty() && !known.containsKey(at)) {
            at = at.contains(".") ? at.substring(0, at.lastIndexOf('.')) : "";
        }
        return known.get(at);
    }

    private static String at(String source, @Nullable TokenStreamLocation location) {
        return location == null || location.getLineNr() < 1
                ? source + ":1:1: "
                : "%s:%d:%d: ".formatted(source, location.getLineNr(), location.getColumnNr());
    }

    private static String path(DatabindException e) {
        return e.getPath().stream()
                .map(r -> r.getPropertyName() == null ? String.valueOf(r.getIndex()) : r.getPropertyName())
                .collect(Collectors.joining("."));
    }

    private static String firstLine(@Nullable String message) {
        return String.valueOf(message).lines().findFirst().orElse("");
    }
}
