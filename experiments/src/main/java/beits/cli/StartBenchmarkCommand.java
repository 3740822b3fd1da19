package beits.cli;

import beits.benchmark.Timing;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code beits benchmark start}. */
@Command(
        name = "start",
        mixinStandardHelpOptions = true,
        description =
                "Times ./beits --help, and from the start of the launcher to the end of the first training step of the"
                        + " tiny model (28x28 pixels, batch 64).")
final class StartBenchmarkCommand implements Callable<Integer> {
    private static final List<String> HELP = List.of("--help");
    private static final List<String> STEP = List.of(
            "benchmark",
            "step",
            "--model",
            "tiny",
            "--batch",
            "64",
            "--warmup",
            "0",
            "--repeats",
            "1",
            "--no-roofline",
            "--json");

    @Option(
            names = "--repeats",
            defaultValue = "5",
            description = "times each is started, after one that does not count (default: ${DEFAULT-VALUE})")
    private int repeats = 5;

    @Option(names = "--json", description = "print one line of JSON")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (repeats < 1) {
            throw new UserException("--repeats must be at least 1");
        }
        Launcher launcher = new Launcher();
        double[] help = new double[repeats];
        double[] step = new double[repeats];
        launcher.run(HELP);
        for (int i = 0; i < repeats; i++) {
            help[i] = launcher.run(HELP).seconds();
            step[i] = JsonMapper.shared()
                    .readTree(launcher.run(STEP).out())
                    .get("processSeconds")
                    .asDouble();
        }
        Map<String, Object> result = new LinkedHashMap<>();
        put(result, "help", new Timing(help));
        put(result, "firstStep", new Timing(step));
        Streams.out(spec)
                .print(
                        json
                                ? Json.line(result) + "\n"
                                : line("./beits --help", new Timing(help))
                                        + line("start to the end of the first tiny step", new Timing(step)));
        return 0;
    }

    private static void put(Map<String, Object> result, String name, Timing timing) {
        result.put(name + "Seconds", timing.median());
        result.put(name + "SecondsLow", timing.quantile(0.25));
        result.put(name + "SecondsHigh", timing.quantile(0.75));
    }

    private String line(String name, Timing timing) {
        return String.format(
                Locale.ROOT,
                "%-42s %.2f s median, %.2f to %.2f s in the middle half of %d%n",
                name,
                timing.median(),
                timing.quantile(0.25),
                timing.quantile(0.75),
                repeats);
    }
}
