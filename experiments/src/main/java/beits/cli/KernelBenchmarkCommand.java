package beits.cli;

import beits.benchmark.BenchmarkModel;
import beits.benchmark.KernelContest;
import beits.benchmark.KernelRow;
import beits.benchmark.MachinePeak;
import beits.benchmark.PeerBuild;
import beits.benchmark.PeerProcess;
import beits.benchmark.PeerWork;
import beits.device.Device;
import beits.device.DeviceOptions;
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
    /** The peer that is not LibTorch but the library of products below one of its builds. */
    private static final String OPENBLAS = "openblas";

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
            defaultValue = "2",
            description =
                    "seconds each kernel runs before the clock starts, and on until the JVM's compilers are at rest"
                            + " (default: ${DEFAULT-VALUE})")
    private double warmup = 2;

    @Option(names = "--repeats", defaultValue = "7", description = "rounds (default: ${DEFAULT-VALUE})")
    private int repeats = 7;

    @Option(
            names = "--vs",
            paramLabel = "DEVICE",
            description = "a second device to take turns with, for example cpu; a ratio for each kernel")
    private @Nullable String vs;

    @Option(
            names = "--peer",
            paramLabel = "NAME",
            description =
                    "take turns with a peer on as many threads, fetched when asked for first: openblas for the products,"
                            + " or libtorch-openblas, libtorch-mkl, or libtorch for whichever is faster")
    private @Nullable String peer;

    @Option(names = "--json", description = "print one line of JSON")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    private final List<PeerProcess> peers = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        if (batch < 1 || repeats < 1 || !(warmup >= 0)) {
            throw new UserException("--batch and --repeats must be at least 1, --warmup at least 0");
        }
        if (peer != null && vs != null) {
            throw new UserException("--peer and --vs: name one of them");
        }
        List<KernelRow> rows = KernelRow.of(BenchmarkModel.of(model), batch).stream()
                .filter(row -> row.label().contains(only))
                .toList();
        KernelRow plainest = KernelRow.plainest(BenchmarkModel.of(model), batch);
        if (rows.isEmpty()) {
            throw new UserException("--only " + only + ": no kernel has that in its line; leave it out to see all");
        }
        try (Device device = common.open();
                Device other = vs == null ? null : common.open(vs)) {
            startPeers();
            MachinePeak peak = MachinePeak.measure(common.threadCount());
            measure(rows, device, other, peak, plainest.label().contains(only) ? plainest : null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            peers.forEach(PeerProcess::close);
        }
        return 0;
    }

    private void startPeers() throws IOException {
        if (peer == null) {
            return;
        }
        List<PeerBuild> builds = peer.equals(OPENBLAS) ? List.of(PeerBuild.OPENBLAS) : PeerBuild.named(peer);
        for (PeerProcess.Installation at : Peers.fetched(builds, Streams.err(spec))) {
            peers.add(at.start(common.threadCount()));
        }
    }

    /** @param plainest the product to measure in the form of TornadoVM's examples too, where the device is TornadoVM's */
    private void measure(
            List<KernelRow> rows, Device device, @Nullable Device other, MachinePeak peak, @Nullable KernelRow plainest)
            throws IOException, InterruptedException {
        PrintWriter out = Streams.out(spec);
        if (!json) {
            out.printf(
                    Locale.ROOT,
                    "device %s, %d threads; %s%n%n",
                    device.description().name(),
                    common.threadCount(),
                    peak.text());
            out.printf(
                    Locale.ROOT,
                    "%-52s %9s %7s %9s %7s %6s %-6s %s%n",
                    "kernel",
                    "ms",
                    "spread",
                    "GFLOP/s",
                    "GB/s",
                    "share",
                    "of",
                    peer == null && vs == null ? "" : "  other ms   speed");
        }
        List<Map<String, Object>> measured = new ArrayList<>();
        for (KernelRow row : rows) {
            KernelContest contest = peer == null
                    ? KernelContest.devices(row, device, other, String.valueOf(vs), warmup, repeats)
                    : KernelContest.peers(
                            row,
                            device,
                            peers,
                            peer.equals(OPENBLAS) ? PeerWork::openblas : PeerWork::kernel,
                            warmup,
                            repeats);
            measured.add(print(contest, peak, out));
        }
        if (plainest != null && device.description().name().startsWith("tornado")) {
            try (Device example = common.open(common.device, DeviceOptions.KernelForm.EXAMPLE)) {
                measured.add(print(
                        KernelContest.devices(plainest, device, example, "TornadoVM's example form", warmup, repeats),
                        peak,
                        out));
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
            result.put("roundTrip", peak.roundTrip());
            result.put("kernels", measured);
            out.println(Json.line(result));
        }
    }

    private Map<String, Object> print(KernelContest contest, MachinePeak peak, PrintWriter out) {
        Map<String, Object> line = contest.json(peak);
        if (!json) {
            out.println(text(line));
            out.flush();
        }
        return line;
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
        return line.containsKey("other")
                ? text
                        + String.format(
                                Locale.ROOT,
                                " %10.3f %6.2fx %s",
                                1e3 * number(line, "otherSeconds"),
                                number(line, "ratio"),
                                line.get("other"))
                : text;
    }

    private static double number(Map<String, Object> line, String field) {
        return line.get(field) instanceof Number number ? number.doubleValue() : Double.NaN;
    }
}
