package beits.cli;

import beits.benchmark.BenchmarkModel;
import beits.benchmark.Duel;
import beits.benchmark.InferBenchmark;
import beits.benchmark.LibtorchPeer;
import beits.benchmark.StepBenchmark;
import beits.benchmark.Timing;
import beits.benchmark.Workload;
import beits.device.Device;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code beits benchmark}. */
@Command(
        name = "benchmark",
        mixinStandardHelpOptions = true,
        description = "Measures speed.",
        subcommands = {
            BenchmarkCommand.Step.class,
            BenchmarkCommand.Infer.class,
            KernelBenchmarkCommand.class,
            TokenizerBenchmarkCommand.class,
            DataBenchmarkCommand.class
        })
final class BenchmarkCommand {
    private BenchmarkCommand() {}

    /** {@code beits benchmark step}. */
    @Command(
            name = "step",
            mixinStandardHelpOptions = true,
            description = "Times a whole training step of masked image modelling and says where the time goes.")
    static final class Step implements Callable<Integer> {
        @Mixin
        private Timed timed = new Timed();

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            return timed.run(spec, true, StepBenchmark::new);
        }
    }

    /** {@code beits benchmark infer}. */
    @Command(
            name = "infer",
            mixinStandardHelpOptions = true,
            description = "Times classification by a fine-tuned model and says where the time goes.")
    static final class Infer implements Callable<Integer> {
        @Mixin
        private Timed timed = new Timed();

        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            return timed.run(spec, false, InferBenchmark::new);
        }
    }

    /** Makes a workload ready on a device. */
    @FunctionalInterface
    interface Maker {
        Workload make(Device device, BenchmarkModel model, int batch);
    }

    /** What both have in common. */
    static final class Timed {
        @Mixin
        private CommonOptions common = new CommonOptions();

        @Option(
                names = "--model",
                defaultValue = "base",
                description = "tiny, base or large (default: ${DEFAULT-VALUE})")
        private String model = "base";

        @Option(names = "--batch", defaultValue = "4", description = "pictures a run (default: ${DEFAULT-VALUE})")
        private int batch = 4;

        @Option(
                names = "--warmup",
                defaultValue = "2",
                description = "runs before the clock starts (default: ${DEFAULT-VALUE})")
        private int warmup = 2;

        @Option(
                names = "--repeats",
                defaultValue = "5",
                description = "runs that are timed; with a peer, rounds (default: ${DEFAULT-VALUE})")
        private int repeats = 5;

        @Option(
                names = "--peer",
                paramLabel = "NAME",
                description =
                        "libtorch: compare with LibTorch on as many threads, fetched when this is asked for first")
        private @Nullable String peer;

        @Option(
                names = "--vs",
                paramLabel = "DEVICE",
                description = "a second device to take turns with, for example cpu; ratios for each kernel")
        private @Nullable String vs;

        @Option(names = "--json", description = "print one line of JSON")
        private boolean json;

        int run(@Nullable CommandSpec spec, boolean training, Maker maker) throws IOException {
            if (batch < 1 || warmup < 0 || repeats < 1) {
                throw new UserException("--batch and --repeats must be at least 1, --warmup at least 0");
            }
            if (peer != null && !peer.equals("libtorch")) {
                throw new UserException("--peer " + peer + ": unknown; use libtorch");
            }
            if (peer != null && vs != null) {
                throw new UserException("--peer and --vs: name one of them");
            }
            BenchmarkModel chosen = BenchmarkModel.of(model);
            PrintWriter out = Streams.out(spec);
            Path library = peer == null ? null : PeerLibrary.fetched(Streams.err(spec));
            long start = System.nanoTime();
            try (Device device = common.open();
                    Device other = vs == null ? null : common.open(vs);
                    Workload work = maker.make(device, chosen, batch);
                    Workload otherWork = other == null ? null : maker.make(other, chosen, batch)) {
                double compiled = (System.nanoTime() - start) / 1e9;
                double first = work.seconds(1);
                Map<String, Object> result = new LinkedHashMap<>();
                result.put(
                        "device",
                        device.description().name() + ", "
                                + device.description().kind());
                result.put("model", chosen.name());
                result.put("parameters", work.parameters());
                result.put("batch", batch);
                result.put("threads", common.threadCount());
                result.put("compileSeconds", compiled);
                result.put("firstSeconds", first);
                result.put("flops", work.flops());
                result.put("arenaBytes", work.memory());
                if (otherWork != null) {
                    against(work, otherWork, result);
                } else if (library == null) {
                    alone(work, result);
                } else {
                    beside(work, library, training, chosen, result);
                }
                if (json) {
                    out.println(Json.line(result));
                } else {
                    out.print(text(result));
                    // The first profile still compiles the way through the listener.
                    work.profile();
                    if (otherWork == null) {
                        out.print("\n" + work.profile().table());
                    } else {
                        otherWork.profile();
                        out.print("\n" + Rooflines.beside(work.profile(), otherWork.profile(), String.valueOf(vs)));
                    }
                }
            }
            return 0;
        }

        private void alone(Workload work, Map<String, Object> result) {
            for (int i = 0; i < warmup; i++) {
                work.run();
            }
            double[] seconds = new double[repeats];
            for (int i = 0; i < repeats; i++) {
                seconds[i] = work.seconds(1);
            }
            put(result, "", new Timing(seconds));
        }

        private void against(Workload work, Workload other, Map<String, Object> result) {
            for (int i = 0; i < Math.max(1, warmup); i++) {
                work.run();
                other.run();
            }
            double[] ours = new double[repeats];
            double[] theirs = new double[repeats];
            double[] ratios = new double[repeats];
            for (int i = 0; i < repeats; i++) {
                ours[i] = work.seconds(1);
                theirs[i] = other.seconds(1);
                ratios[i] = ours[i] / theirs[i];
            }
            put(result, "", new Timing(ours));
            put(result, "vs", new Timing(theirs));
            result.put("vs", vs);
            result.put("times", new Timing(ratios).median());
        }

        private void beside(
                Workload work, Path library, boolean training, BenchmarkModel chosen, Map<String, Object> result)
                throws IOException {
            Path complaints = Files.createTempFile("beits-libtorch", ".log");
            try {
                Duel best = null;
                for (boolean fused : new boolean[] {true, false}) {
                    try (LibtorchPeer other = new LibtorchPeer(
                            PeerLibrary.java(),
                            library,
                            training,
                            chosen,
                            batch,
                            common.threadCount(),
                            fused,
                            complaints)) {
                        if (other.parameters() != work.parameters()) {
                            throw new IllegalStateException("the peer has %d parameters, not %d"
                                    .formatted(other.parameters(), work.parameters()));
                        }
                        Duel duel = Duel.fight(work, other, warmup, repeats);
                        if (best == null || duel.peer().median() < best.peer().median()) {
                            best = duel;
                            result.put(
                                    "peer", other.version() + (fused ? ", fused attention" : ", attention in parts"));
                        }
                    }
                }
                if (best == null) {
                    throw new IllegalStateException("no duel");
                }
                put(result, "", best.ours());
                put(result, "peer", best.peer());
                result.put("ratio", best.ratio().median());
                result.put("ratioLow", best.ratio().quantile(0.25));
                result.put("ratioHigh", best.ratio().quantile(0.75));
                result.put("peakResident", PeerLibrary.peakResident());
                result.put("peerPeakResident", best.peerResident());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            } finally {
                Files.deleteIfExists(complaints);
            }
        }

        private void put(Map<String, Object> result, String side, Timing timing) {
            result.put(side.isEmpty() ? "seconds" : side + "Seconds", timing.median());
            result.put(side.isEmpty() ? "secondsLow" : side + "SecondsLow", timing.quantile(0.25));
            result.put(side.isEmpty() ? "secondsHigh" : side + "SecondsHigh", timing.quantile(0.75));
            result.put(side.isEmpty() ? "imagesPerSecond" : side + "ImagesPerSecond", batch / timing.median());
        }

        private String text(Map<String, Object> r) {
            StringBuilder text = new StringBuilder(String.format(
                    Locale.ROOT,
                    """
                    device      %s, %s threads
                    model       %s, %,d parameters, batch %d
                    run         %.1f ms median, %.1f to %.1f ms in the middle half of %d (first %.1f ms, compiling %.2f s)
                    speed       %.2f images/s, %.1f GFLOP/s of %.1f GFLOP a run
                    memory      %.2f GB of arenas
                    """,
                    r.get("device"),
                    r.get("threads"),
                    r.get("model"),
                    (long) number(r, "parameters"),
                    batch,
                    1e3 * number(r, "seconds"),
                    1e3 * number(r, "secondsLow"),
                    1e3 * number(r, "secondsHigh"),
                    repeats,
                    1e3 * number(r, "firstSeconds"),
                    number(r, "compileSeconds"),
                    number(r, "imagesPerSecond"),
                    number(r, "flops") / number(r, "seconds") / 1e9,
                    number(r, "flops") / 1e9,
                    number(r, "arenaBytes") / 1e9));
            if (r.containsKey("vs")) {
                text.append(String.format(
                        Locale.ROOT,
                        "beside      %s: %.1f ms median; %.2f times its time%n",
                        r.get("vs"),
                        1e3 * number(r, "vsSeconds"),
                        number(r, "times")));
            }
            if (r.containsKey("peer")) {
                text.append(String.format(
                        Locale.ROOT,
                        """
                        peer        %s: %.1f ms median, %.1f to %.1f ms, %.2f images/s
                        ratio       %.2fx its images/s (middle half of %d rounds: %.2f to %.2f)
                        resident    %.2f GB at most, the peer %.2f GB
                        """,
                        r.get("peer"),
                        1e3 * number(r, "peerSeconds"),
                        1e3 * number(r, "peerSecondsLow"),
                        1e3 * number(r, "peerSecondsHigh"),
                        number(r, "peerImagesPerSecond"),
                        number(r, "ratio"),
                        repeats,
                        number(r, "ratioLow"),
                        number(r, "ratioHigh"),
                        number(r, "peakResident") / 1e9,
                        number(r, "peerPeakResident") / 1e9));
            }
            return text.toString();
        }

        private static double number(Map<String, Object> result, String field) {
            return result.get(field) instanceof Number number ? number.doubleValue() : Double.NaN;
        }
    }
}
