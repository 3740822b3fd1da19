package beits.cli;

import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Results as JSON, one object a line. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final double DIGITS = 1e6;

    private Json() {}

    /** An object in one line; pairs keep their order. */
    static String line(Map<String, ?> object) {
        return MAPPER.writeValueAsString(object);
    }

    /** A share or probability to six digits: more are not meant. */
    static double share(double value) {
        return Math.round(value * DIGITS) / DIGITS;
    }
}
