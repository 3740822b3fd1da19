package beits.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a command that ran in this process left.
 *
 * @param code of its exit
 * @param out its standard output
 * @param err its standard error
 */
record Ended(int code, String out, String err) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Runs a command. An argument that is a list stands for its elements. */
    static Ended beits(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] words = Stream.of(arguments)
                .flatMap(argument -> argument instanceof List<?> list ? list.stream() : Stream.of(argument))
                .map(Object::toString)
                .toArray(String[]::new);
        int code = Main.run(words, new PrintWriter(out, true), new PrintWriter(err, true));
        return new Ended(code, out.toString(), err.toString());
    }

    /** The lines of its output, each a JSON value. */
    List<JsonNode> json() {
        return out.lines().map(JSON::readTree).toList();
    }
}
