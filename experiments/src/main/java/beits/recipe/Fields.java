package beits.recipe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.jsonFormatVisitors.JsonFormatVisitorWrapper;
import tools.jackson.databind.jsonFormatVisitors.JsonObjectFormatVisitor;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compares the fields of a recipe with those of its record before any value is looked at: a misspelt name is both unknown and
 * missing, and only the former helps.
 */
final class Fields {
    private final ObjectMapper mapper;

    Fields(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /**
     * What is wrong with a field.
     *
     * @param path such as {@code optim.lr}
     * @param message what and the remedy
     */
    record Fault(String path, String message) {}

    /** The first field that the record does not have, else the first that it needs. */
    Optional<Fault> fault(ObjectNode root, Class<?> type) {
        JavaType record = mapper.constructType(type);
        return unknown("", root, record).or(() -> missing("", root, record));
    }

    private Optional<Fault> unknown(String path, ObjectNode node, JavaType type) {
        Map<String, JavaType> known = fields(type);
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String name = entry.getKey();
            JavaType fieldType = known.get(name);
            if (fieldType == null) {
                return Optional.of(new Fault(
                        path + name,
                        "unknown field%s; the fields here are %s"
                                .formatted(
                                        Spelling.suggestion(name, known.keySet()), String.join(", ", known.keySet()))));
            }
            if (entry.getValue() instanceof ObjectNode object) {
                Optional<Fault> inside = unknown(path + name + ".", object, fieldType);
                if (inside.isPresent()) {
                    return inside;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Fault> missing(String path, ObjectNode node, JavaType type) {
        for (Map.Entry<String, JavaType> field : fields(type).entrySet()) {
            String name = field.getKey();
            JsonNode value = node.get(name);
            boolean group = !fields(field.getValue()).isEmpty();
            if (value == null) {
                return Optional.of(new Fault(
                        path + name, "missing; add it (`beits recipes NAME` prints a recipe with every field)"));
            }
            if (group && !(value instanceof ObjectNode)) {
                return Optional.of(new Fault(path + name, "must be a group of fields"));
            }
            if (value instanceof ObjectNode object) {
                if (!group) {
                    return Optional.of(new Fault(path + name, "must be a value, not a group of fields"));
                }
                Optional<Fault> inside = missing(path + name + ".", object, field.getValue());
                if (inside.isPresent()) {
                    return inside;
                }
            }
        }
        return Optional.empty();
    }

    /** The fields of a record in their order; none for anything else. */
    private Map<String, JavaType> fields(JavaType type) {
        Map<String, JavaType> fields = new LinkedHashMap<>();
        mapper.acceptJsonFormatVisitor(type, new JsonFormatVisitorWrapper.Base() {
            @Override
            public @Nullable JsonObjectFormatVisitor expectObjectFormat(JavaType object) {
                return new JsonObjectFormatVisitor.Base(getContext()) {
                    @Override
                    public void property(BeanProperty property) {
                        fields.put(property.getName(), property.getType());
                    }

                    @Override
                    public void optionalProperty(BeanProperty property) {
                        fields.put(property.getName(), property.getType());
                    }
                };
            }
        });
        return fields;
    }
}
