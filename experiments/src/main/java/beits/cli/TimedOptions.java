package beits.cli;

import beits.benchmark.MachinePeak;
import beits.benchmark.PeerBuild;
import beits.benchmark.PeerProcess.Installation;
import beits.benchmark.PeerWork;
import beits.benchmark.ProcessAge;
import beits.benchmark.Timing;
import beits.benchmark.Tournament;
import beits.benchmark.WorkReport;
import beits.benchmark.Workload;
import beits.device.Device;
import beits.device.Profile;
import beits.device.Traffic;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What the benchmarks of whole models have in common: options, and how one is measured. */
final class TimedOptions {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Option(names = "--batch", defaultValue = "4", description = "pictures a run (default: ${DEFAULT-VALUE})")
    int batch = 4;

    @Option(
            names = "--warmup",
            defaultValue = "6",
            description =
                    "seconds that each side runs before the clock starts, and ours on until the JVM's compilers are at"
                            + " rest; 0 for none (default: ${DEFAULT-VALUE})")
    private double warmup = 6;

    @Option(
            names = "--repeats",
            defaultValue = "5",
            description = "runs that are timed; with a peer, rounds of 1.5 seconds (default: ${DEFAULT-VALUE})")
    private int repeats = 5;

    @Option(
            names = "--peer",
            paramLabel = "NAME",
            description =
                    "take turns with LibTorch on as many threads, fetched when asked for first: libtorch-openblas,"
                            + " libtorch-mkl, or libtorch for whichever is faster; each in all its variants")
    private @Nullable String peer;

    @Option(
            names = "--vs",
            paramLabel = "DEVICE",
            description = "a second device to take turns with, for example cpu; ratios for each kernel")
    private @Nullable String vs;

    @Option(names = "--no-roofline", description = "leave out the kernels and what the machine can do")
    private boolean noRoofline;

    @Option(names = "--json", description = "print one line of JSON")
    private boolean json;

    /**
     * Measures and prints.
     *
     * @param model name of what is run
     * @param theirs the same work of a peer, or none if no peer has it
     * @param maker makes ours ready on a device
     */
    int run(@Nullable CommandSpec spec, String model, @Nullable PeerWork theirs, Function<Device, Workload> maker)
            throws IOException {
        if (batch < 1 || repeats < 1 || !(warmup >= 0)) {
            throw new UserException("--batch and --repeats must be at least 1, --warmup at least 0");
        }
        List<PeerBuild> builds = peer == null ? List.of() : PeerBuild.named(peer);
        if (peer != null && vs != null) {
            throw new UserException("--peer and --vs: name one of them");
        }
        if (peer != null && theirs == null) {
            throw new UserException("--peer " + peer + ": does not do this work; leave it out");
        }
        List<Installation> peers = builds.isEmpty() ? List.of() : Peers.fetched(builds, Streams.err(spec));
        PrintWriter out = Streams.out(spec);
        Stopwatch watch = new Stopwatch();
        try (Device device = watch.time(common::open);
                Workload work = watch.time(() -> maker.apply(device));
                Device otherDevice = vs == null ? null : common.open(vs);
                Workload otherWork = otherDevice == null ? null : maker.apply(otherDevice)) {
            double first = work.seconds(1);
            WorkReport.Start start = new WorkReport.Start(
                    watch.seconds, work.executable().compiledKernels(), first, ProcessAge.seconds());
            Traffic before = work.executable().traffic();
            work.run();
            Traffic moved = work.executable().traffic().since(before);
            work.warm(warmup);
            Timing timing;
            WorkReport.Other other = null;
            if (otherWork != null) {
                otherWork.warm(warmup);
                double[] ours = new double[repeats];
                double[] others = new double[repeats];
                for (int i = 0; i < repeats; i++) {
                    ours[i] = work.seconds(1);
                    others[i] = otherWork.seconds(1);
                }
                timing = new Timing(ours);
                other = new WorkReport.Other(
                        String.valueOf(vs), new Timing(others), Timing.ratio(others, ours), 0, List.of());
            } else if (theirs != null && !peers.isEmpty()) {
                Tournament t = Tournament.run(work, theirs, peers, common.threadCount(), warmup, repeats);
                timing = t.duel().ours();
                other = WorkReport.Other.of(t);
            } else {
                double[] seconds = new double[repeats];
                for (int i = 0; i < repeats; i++) {
                    seconds[i] = work.seconds(1);
                }
                timing = new Timing(seconds);
            }
            WorkReport report = new WorkReport(
                    device.description().name() + ", " + device.description().kind(),
                    common.threadCount(),
                    model,
                    work.parameters(),
                    batch,
                    work.flops(),
                    work.executable().memory(),
                    start,
                    moved,
                    timing,
                    Peers.peakResident(),
                    other);
            if (noRoofline) {
                out.print(json ? Json.line(report.json()) + "\n" : report.text());
                return 0;
            }
            // The first profile still compiles the way through the listener.
            work.profile();
            Profile profile = work.profile();
            if (otherWork != null && !json) {
                otherWork.profile();
                out.print(report.text() + "\n" + Rooflines.beside(profile, otherWork.profile(), String.valueOf(vs)));
                return 0;
            }
            // Measured last: its arrays would count as resident memory of the work.
            MachinePeak peak = common.device.equals("cpu") ? MachinePeak.measure(common.threadCount()) : null;
            out.print(
                    json
                            ? Json.line(report.json(profile, peak)) + "\n"
                            : report.text() + "\n" + Rooflines.alone(profile, peak));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return 0;
    }

    /** Adds up what making a device and its work ready takes. */
    private static final class Stopwatch {
        private double seconds;

        <T> T time(Supplier<T> work) {
            long begin = System.nanoTime();
            T result = work.get();
            seconds += (System.nanoTime() - begin) / 1e9;
            return result;
        }
    }
}
