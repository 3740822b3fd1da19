package beits.benchmark;

import beits.device.Device;
import beits.kernel.Kernel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One kernel of a device, alone or in turns with others.
 *
 * @param row the kernel
 * @param timing its rounds
 * @param other what was fastest of the others, or none
 */
public record KernelContest(
        KernelRow row, Timing timing, @Nullable Other other) {
    /** Native threads spin on after a call; OpenBLAS's for about a tenth of a second. */
    private static final long REST_MILLIS = 150;

    /** The threads of device cpu spin on for 4 milliseconds. */
    private static final long DEVICE_REST_MILLIS = 20;

    /**
     * The other side.
     *
     * @param name of the device or peer
     * @param timing its rounds
     * @param ratio its time by ours, round by round
     */
    public record Other(String name, Timing timing, Timing ratio) {}

    /** One round of a side, in seconds a run. */
    @FunctionalInterface
    private interface Side {
        double round() throws IOException;
    }

    /** A device alone, or in turns with another one. */
    public static KernelContest devices(
            KernelRow row, Device device, @Nullable Device other, String otherName, double warmup, int rounds)
            throws IOException, InterruptedException {
        try (KernelBenchmark ours = new KernelBenchmark(device, row);
                KernelBenchmark others = other == null ? null : new KernelBenchmark(other, row)) {
            ours.warm(warmup);
            if (others == null) {
                return turns(row, ours, null, "", rounds, 0);
            }
            others.warm(warmup);
            return turns(row, ours, others::round, otherName, rounds, DEVICE_REST_MILLIS);
        }
    }

    /**
     * A device in turns with each build of a peer and each variant that it has of the kernel, alone if it has none. The fastest
     * counts.
     *
     * @param work the kernel as a peer knows it, if it does
     */
    public static KernelContest peers(
            KernelRow row,
            Device device,
            List<PeerProcess> peers,
            Function<Kernel, @Nullable PeerWork> work,
            double warmup,
            int rounds)
            throws IOException, InterruptedException {
        PeerWork theirs = work.apply(row.kernel());
        if (theirs == null) {
            return devices(row, device, null, "", warmup, rounds);
        }
        List<KernelContest> contests = new ArrayList<>();
        try (KernelBenchmark ours = new KernelBenchmark(device, row)) {
            ours.warm(warmup);
            for (PeerProcess peer : peers) {
                for (String variant : theirs.variants()) {
                    peer.prepare(theirs, variant);
                    int runs = peer.warm(warmup, KernelBenchmark.ROUND_SECONDS);
                    String name = theirs.worker(peer.version(), variant);
                    contests.add(turns(row, ours, () -> peer.measure(runs).seconds(), name, rounds, REST_MILLIS));
                }
            }
        }
        return fastest(contests);
    }

    /** The one whose other side took least. */
    static KernelContest fastest(List<KernelContest> contests) {
        KernelContest best = contests.getFirst();
        for (KernelContest contest : contests) {
            if (contest.otherSeconds() < best.otherSeconds()) {
                best = contest;
            }
        }
        return best;
    }

    private double otherSeconds() {
        return other == null ? Double.POSITIVE_INFINITY : other.timing.median();
    }

    private static KernelContest turns(
            KernelRow row, KernelBenchmark ours, @Nullable Side other, String name, int rounds, long rest)
            throws IOException, InterruptedException {
        double[] seconds = new double[rounds];
        double[] others = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            TimeUnit.MILLISECONDS.sleep(rest);
            seconds[i] = ours.round();
            if (other != null) {
                TimeUnit.MILLISECONDS.sleep(rest);
                others[i] = other.round();
            }
        }
        return new KernelContest(
                row,
                new Timing(seconds),
                other == null ? null : new Other(name, new Timing(others), Timing.ratio(others, seconds)));
    }

    /** As one object, beside the roof of the machine. */
    public Map<String, Object> json(MachinePeak peak) {
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
        if (other != null) {
            line.put("other", other.name);
            line.put("otherSeconds", other.timing.median());
            line.put("ratio", other.ratio.median());
        }
        return line;
    }
}
