package beits.conformance;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Fields of a {@code case.json}, read with messages that name the missing one.
 *
 * @param where path of this object inside the file, for messages
 * @param node the object
 */
record Fields(String where, JsonNode node) {
    /** Whether a field is there and not null. */
    boolean has(String name) {
        return optional(name) != null;
    }

    private @Nullable JsonNode optional(String name) {
        JsonNode value = node.path(name);
        return value.isMissingNode() || value.isNull() ? null : value;
    }

    private JsonNode required(String name) {
        JsonNode value = optional(name);
        if (value == null) {
            throw new IllegalArgumentException("case.json: " + where + "." + name + " is missing");
        }
        return value;
    }

    int integer(String name) {
        return required(name).asInt();
    }

    int integer(String name, int otherwise) {
        JsonNode value = optional(name);
        return value == null ? otherwise : value.asInt();
    }

    long whole(String name) {
        return required(name).asLong();
    }

    double number(String name) {
        return required(name).asDouble();
    }

    double number(String name, double otherwise) {
        JsonNode value = optional(name);
        return value == null ? otherwise : value.asDouble();
    }

    boolean flag(String name) {
        return required(name).asBoolean();
    }

    boolean flag(String name, boolean otherwise) {
        JsonNode value = optional(name);
        return value == null ? otherwise : value.asBoolean();
    }

    String text(String name) {
        return required(name).asString();
    }

    String text(String name, String otherwise) {
        JsonNode value = optional(name);
        return value == null ? otherwise : value.asString();
    }

    /** An object inside this one. */
    Fields object(String name) {
        return new Fields(where + "." + name, required(name));
    }

    /** The objects of a list. */
    List<Fields> objects(String name) {
        List<Fields> result = new ArrayList<>();
        for (JsonNode item : required(name)) {
            result.add(new Fields(where + "." + name + "[" + result.size() + "]", item));
        }
        return result;
    }

    /** The fields of this object that are objects, by name in the file's order. */
    Map<String, Fields> members() {
        Map<String, Fields> result = new LinkedHashMap<>();
        node.properties().forEach(entry -> {
            if (entry.getValue().isObject()) {
                result.put(entry.getKey(), new Fields(where + "." + entry.getKey(), entry.getValue()));
            }
        });
        return result;
    }

    /** Names of all fields of this object in the file's order. */
    List<String> names() {
        return List.copyOf(node.propertyNames());
    }

    /** A list of numbers; null becomes NaN. */
    double[] numbers(String name) {
        JsonNode list = required(name);
        double[] values = new double[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = list.path(i).isNull() ? Double.NaN : list.path(i).asDouble();
        }
        return values;
    }

    int[] integers(String name) {
        JsonNode list = required(name);
        int[] values = new int[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = list.path(i).asInt();
        }
        return values;
    }

    List<String> texts(String name) {
        List<String> values = new ArrayList<>();
        for (JsonNode item : required(name)) {
            values.add(item.asString());
        }
        return values;
    }

    /** Two extents, given as a pair or as one number for both. */
    int[] pair(String name) {
        JsonNode value = required(name);
        return value.isArray() ? integers(name) : new int[] {value.asInt(), value.asInt()};
    }
}
