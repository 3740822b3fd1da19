package beits.recipe;

import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Compares a recipe with its record before it is bound: names first, because a misspelt one is both unknown and missing, and only
 * the former helps; then values, because binding would round a number, take one for a switch or for a name's place in a list.
 */
final class Fields {
    /** The YAML library takes numbers that begin with their point for text. */
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");

    private Fields() {}

    /**
     * What is wrong with a field.
     *
     * @param path such as {@code optim.lr}
     * @param message what and the remedy
     */
    record Fault(String path, String message) {}

    /** The first field that the record does not have, else the first that it needs, else the first whose value it cannot take. */
    static Optional<Fault> fault(ObjectNode root, Class<?> type) {
        return unknown("", root, type).or(() -> missing("", root, type)).or(() -> unfit("", root, type));
    }

    /** How many of the names at a recipe's top are fields of a record. */
    static int shared(ObjectNode root, Class<?> type) {
        return (int) fields(type).keySet().stream().filter(root::has).count();
    }

    private static Optional<Fault> unknown(String path, ObjectNode node, Class<?> type) {
        Map<String, AnnotatedType> known = fields(type);
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String name = entry.getKey();
            AnnotatedType fieldType = known.get(name);
            if (fieldType == null) {
                return Optional.of(new Fault(
                        path + name,
                        "unknown field%s; the fields here are %s"
                                .formatted(
                                        Spelling.suggestion(name, known.keySet()), String.join(", ", known.keySet()))));
            }
            if (entry.getValue() instanceof ObjectNode object) {
                Optional<Fault> inside = unknown(path + name + ".", object, raw(fieldType));
                if (inside.isPresent()) {
                    return inside;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Fault> missing(String path, ObjectNode node, Class<?> type) {
        for (Map.Entry<String, AnnotatedType> field : fields(type).entrySet()) {
            String name = field.getKey();
            JsonNode value = node.get(name);
            Class<?> fieldType = raw(field.getValue());
            if (value == null) {
                return Optional.of(new Fault(
                        path + name, "missing; add it (`beits recipes NAME` prints a recipe with every field)"));
            }
            if (fieldType.isRecord() && !(value instanceof ObjectNode)) {
                return Optional.of(new Fault(path + name, "must be a group of fields"));
            }
            if (value instanceof ObjectNode object) {
                if (!fieldType.isRecord()) {
                    return Optional.of(new Fault(path + name, "must be a value, not a group of fields"));
                }
                Optional<Fault> inside = missing(path + name + ".", object, fieldType);
                if (inside.isPresent()) {
                    return inside;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Fault> unfit(String path, ObjectNode node, Class<?> type) {
        for (Map.Entry<String, AnnotatedType> field : fields(type).entrySet()) {
            String name = path + field.getKey();
            Optional<Fault> fault = unfit(name, node.get(field.getKey()), field.getValue());
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private static Optional<Fault> unfit(String path, JsonNode value, AnnotatedType type) {
        Class<?> raw = raw(type);
        if (value instanceof ObjectNode group) {
            return unfit(path + ".", group, raw);
        }
        if (value.isNull() && type.isAnnotationPresent(Nullable.class)) {
            return Optional.empty();
        }
        if (raw == List.class) {
            if (!(value instanceof ArrayNode list)) {
                return Optional.of(new Fault(path, shown(value) + " must be a list such as [1, 2], [] for none"));
            }
            AnnotatedType element = ((AnnotatedParameterizedType) type).getAnnotatedActualTypeArguments()[0];
            for (int i = 0; i < list.size(); i++) {
                Optional<Fault> fault = unfit(path + "." + i, list.get(i), element);
                if (fault.isPresent()) {
                    return fault;
                }
            }
            return Optional.empty();
        }
        return rule(value, raw).map(rule -> new Fault(path, shown(value) + " must be " + rule));
    }

    /** What a value breaks, or nothing. */
    private static Optional<String> rule(JsonNode value, Class<?> type) {
        if (type == boolean.class) {
            return unless(value.isBoolean(), "true or false");
        }
        if (type == int.class || type == Integer.class) {
            return whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        if (type == long.class) {
            return whole(value, Long.MIN_VALUE, Long.MAX_VALUE);
        }
        if (type == double.class || type == Double.class) {
            boolean written = value.isNumber() || NUMBER.matcher(shown(value)).matches();
            return unless(
                    written && Double.isFinite(value.asDouble(Double.NaN)), "a finite number, such as 0.05 or 2e-3");
        }
        if (type.isEnum()) {
            List<String> names = Stream.of(type.getEnumConstants())
                    .map(Object::toString)
                    .map(name -> name.toLowerCase(Locale.ROOT))
                    .toList();
            String given = value.isString() ? value.asString().toLowerCase(Locale.ROOT) : "";
            return unless(
                    names.contains(given),
                    "one of " + String.join(", ", names) + (given.isEmpty() ? "" : Spelling.suggestion(given, names)));
        }
        return unless(value.isString(), "text; put it in quotes");
    }

    private static Optional<String> whole(JsonNode value, long least, long most) {
        if (!value.isIntegralNumber()) {
            return Optional.of("a whole number, written with digits alone");
        }
        BigInteger number = value.bigIntegerValue();
        boolean fits =
                number.compareTo(BigInteger.valueOf(least)) >= 0 && number.compareTo(BigInteger.valueOf(most)) <= 0;
        return unless(fits, "between %d and %d".formatted(least, most));
    }

    private static Optional<String> unless(boolean holds, String rule) {
        return holds ? Optional.empty() : Optional.of(rule);
    }

    private static String shown(JsonNode value) {
        return value.isString() || value.isNumber() ? value.asString() : value.toString();
    }

    /** The fields of a record in their order; none for anything else. */
    private static Map<String, AnnotatedType> fields(Class<?> type) {
        Map<String, AnnotatedType> fields = new LinkedHashMap<>();
        if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                fields.put(component.getName(), component.getAnnotatedType());
            }
        }
        return fields;
    }

    private static Class<?> raw(AnnotatedType type) {
        Type plain = type.getType() instanceof ParameterizedType generic ? generic.getRawType() : type.getType();
        return (Class<?>) plain;
    }
}
