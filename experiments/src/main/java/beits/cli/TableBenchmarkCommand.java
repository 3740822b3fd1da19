package beits.cli;

import beits.benchmark.TargetTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code beits benchmark table}. */
@Command(
        name = "table",
        mixinStandardHelpOptions = true,
        description =
                "Runs the benchmarks that have a target, each in a process of its own, keeps their results and prints them"
                        + " as a table in Markdown.")
final class TableBenchmarkCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "RESULTS",
            description = "file of results, one line of JSON a command; what is in it already is not run again")
    private Path results = Path.of("");

    @Option(
            names = "--only",
            defaultValue = "",
            paramLabel = "TEXT",
            description =
                    "run the commands that contain this, for example step; what no command contains prints the table only")
    private String only = "";

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Set<String> origins = new LinkedHashSet<>();
        Map<String, JsonNode> known = read(origins);
        PrintWriter err = Streams.err(spec);
        for (String command : TargetTable.commands()) {
            if (known.containsKey(command) || !command.contains(only)) {
                continue;
            }
            err.println("beits: benchmark " + command + " ...");
            List<String> arguments = new ArrayList<>(List.of("benchmark"));
            arguments.addAll(List.of(command.split(" ")));
            arguments.add("--json");
            JsonNode result =
                    JsonMapper.shared().readTree(new Launcher().run(arguments).out());
            known.put(command, result);
            String date = LocalDate.now().toString();
            String machine = machine();
            origins.add(machine + ", " + date);
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("command", command);
            line.put("date", date);
            line.put("machine", machine);
            line.put("result", result);
            Files.writeString(results, Json.line(line) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        Streams.out(spec).print("Measured on " + String.join("; ", origins) + ".\n\n" + TargetTable.markdown(known));
        return 0;
    }

    /** Results by command; adds where and when they were measured. */
    private Map<String, JsonNode> read(Set<String> origins) throws IOException {
        Map<String, JsonNode> known = new LinkedHashMap<>();
        if (!Files.exists(results)) {
            return known;
        }
        int number = 0;
        for (String text : Files.readAllLines(results)) {
            number++;
            try {
                JsonNode line = JsonMapper.shared().readTree(text);
                known.put(line.required("command").asString(), line.required("result"));
                origins.add(line.required("machine").asString() + ", "
                        + line.required("date").asString());
            } catch (JacksonException e) {
                throw new UserException(
                        "%s:%d: is no result of a benchmark; delete the line".formatted(results, number));
            }
        }
        return known;
    }

    /** Processor, processors and Java. */
    private static String machine() throws IOException {
        Path information = Path.of("/proc/cpuinfo");
        String processor = !Files.isReadable(information)
                ? System.getProperty("os.arch")
                : Files.readAllLines(information).stream()
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.replaceAll(".*: *", ""))
                        .findFirst()
                        .orElse("processor");
        return "%d processors, %s, Java %s"
                .formatted(Runtime.getRuntime().availableProcessors(), processor, Runtime.version());
    }
}
