package beits.cli;

import beits.benchmark.BenchmarkModel;
import beits.benchmark.KernelBenchmark;
import beits.benchmark.KernelRow;
import beits.benchmark.MachinePeak;
import beits.benchmark.Timing;
import beits.device.Device;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code beits benchmark kernels}. */
@Command(
        name = "kernels",
        mixinStandardHelpOptions = true,
        description = "Times each kernel at the size a model needs it at, beside what this machine can do at most.")
final class KernelBenchmarkCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--model", defaultValue = "base", description = "tiny, base or large (default: ${DEFAULT-VALUE})")
    private String model = "base";

    @Option(names = "--batch", defaultValue = "4", description = "pictures a run (default: ${DEFAULT-VALUE})")
    private int batch = 4;

    @Option(
            names = "--only",
            defaultValue = "",
            paramLabel = "TEXT",
            description = "kernels whose line contains this, for example NT or softmax")
    private String only = "";

    @Option(
            names = "--warmup",
            defaultValue = "0.6",
            description = "seconds each kernel runs before the clock starts (default: ${DEFAULT-VALUE})")
    private double warmup = 0.6;

    @Option(names = "--repeats", defaultValue = "7", description = "rounds (default: ${DEFAULT-VALUE})")
    private int repeats = 7;

    @Option(
            names = "--vs",
            paramLabel = "DEVICE",
            description = "a second device to take turns with, for example cpu; a ratio for each kernel")
    private @Nullable String vs;

    @Option(names = "--json", description = "print one line of JSON")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (batch < 1 || repeats < 1 || !(warmup >= 0)) {
            throw new UserException("--batch and --repeats must be at least 1, --warmup at least 0");
        }
        List<KernelRow> rows = KernelRow.of(BenchmarkModel.of(model), batch).stream()
                .filter(row -> row.label().contains(only))
                .toList();
        if (rows.isEmpty()) {
            throw new UserException("--only " + only + ": no kernel has that in its line; leave it out to see all");
        }
        PrintWriter out = Streams.out(spec);
        try (Device device = common.open();
                Device other = vs == null ? null : common.open(vs)) {
            MachinePeak peak = MachinePeak.measure(common.threadCount());
            if (!json) {
                out.printf(
                        Locale.ROOT,
                        "device %s, %d threads; at most %.0f GFLOP/s of float32 and %.1f GB/s, measured%n%n",
                        device.description().name(),
                        common.threadCount(),
                        peak.flops() / 1e9,
                        peak.bytes() / 1e9);
                out.printf(
                        Locale.ROOT,
                        "%-52s %9s %7s %9s %7s %6s %-6s%s%n",
                        "kernel",
                        "ms",
                        "spread",
                        "GFLOP/s",
                        "GB/s",
                        "share",
                        "of",
                        vs == null ? "" : String.format(Locale.ROOT, " %12s %7s", vs + " ms", "speed"));
            }
            List<Map<String, Object>> measured = new ArrayList<>();
            for (KernelRow row : rows) {
                Map<String, Object> line = measure(device, other, row, peak);
                measured.add(line);
                if (!json) {
                    out.println(text(line));
                    out.flush();
                }
            }
            if (json) {
                Map<String, Object> result = new LinkedHashMap<>();
                result.put("device", device.description().name());
                result.put("threads", common.threadCount());
                result.put("model", model);
                result.put("batch", batch);
                result.put("peakFlops", peak.flops());
                result.put("peakBytes", peak.bytes());
                result.put("kernels", measured);
                out.println(Json.line(result));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return 0;
    }

    private Map<String, Object> measure(Device device, @Nullable Device other, KernelRow row, MachinePeak peak) {
        try (KernelBenchmark work = new KernelBenchmark(device, row);
                KernelBenchmark beside = other == null ? null : new KernelBenchmark(other, row)) {
            work.warm(warmup);
            if (beside != null) {
                beside.warm(warmup);
            }
            double[] ours = new double[repeats];
            double[] theirs = new double[repeats];
            double[] ratios = new double[repeats];
            for (int i = 0; i < repeats; i++) {
                ours[i] = work.round();
                if (beside != null) {
                    theirs[i] = beside.round();
                    ratios[i] = theirs[i] / ours[i];
                }
            }
            Timing timing = new Timing(ours);
            long flops = row.kernel().flops();
            long bytes = row.kernel().bytes();
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("kernel", row.label());
            line.put("seconds", timing.median());
            line.put("spread", timing.spread());
            line.put("flopsPerSecond", flops / timing.median());
            line.put("bytesPerSecond", bytes / timing.median());
            line.put("share", peak.seconds(flops, bytes) / timing.median());
            line.put("roof", peak.memoryBound(flops, bytes) ? "memory" : "fma");
            if (beside != null) {
                line.put("vsSeconds", new Timing(theirs).median());
                line.put("speed", new Timing(ratios).median());
            }
            return line;
        }
    }

    private static String text(Map<String, Object> line) {
        String text = String.format(
                Locale.ROOT,
                "%-52s %9.3f %6.1f%% %9.1f %7.1f %5.0f%% %-6s",
                line.get("kernel"),
                1e3 * number(line, "seconds"),
                100 * number(line, "spread"),
                number(line, "flopsPerSecond") / 1e9,
                number(line, "bytesPerSecond") / 1e9,
                100 * number(line, "share"),
                line.get("roof"));
        return line.containsKey("vsSeconds")
                ? text
                        + String.format(
                                Locale.ROOT, " %12.3f %6.2fx", 1e3 * number(line, "vsSeconds"), number(line, "speed"))
                : text;
    }

    private static double number(Map<String, Object> line, String field) {
        return line.get(field) instanceof Number number ? number.doubleValue() : Double.NaN;
    }
}
