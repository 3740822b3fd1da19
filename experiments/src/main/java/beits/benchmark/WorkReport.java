package beits.benchmark;

import beits.device.Profile;
import beits.device.Traffic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was measured about one piece of work.
 *
 * @param device name and kind
 * @param threads of the cpu device
 * @param model what is run
 * @param parameters values of the model
 * @param batch pictures a run
 * @param flops floating-point operations a run
 * @param arenaBytes arenas and scratch
 * @param start how long it took until the first run was done
 * @param moved between the host's memory and the device's in one run
 * @param timing runs when everything is warm, one entry a round
 * @param peakResident largest resident size of this process in bytes
 * @param other the other side, if there is one
 */
public record WorkReport(
        String device,
        int threads,
        String model,
        long parameters,
        int batch,
        long flops,
        long arenaBytes,
        Start start,
        Traffic moved,
        Timing timing,
        long peakResident,
        @Nullable Other other) {

    /**
     * Until the first run was done.
     *
     * @param compileSeconds making the device and the program ready
     * @param compiledKernels that the device compiled for this work
     * @param firstSeconds the first run
     * @param processSeconds from the start of this process to the end of the first run
     */
    public record Start(double compileSeconds, int compiledKernels, double firstSeconds, double processSeconds) {}

    /**
     * The side that took turns with ours.
     *
     * @param name of a device, or of a peer with its version and variant
     * @param timing its rounds
     * @param ratio its time by ours, round by round
     * @param peakResident of its process in bytes, 0 for a device in ours
     * @param qualified candidates and their times, if there were several
     */
    public record Other(String name, Timing timing, Timing ratio, long peakResident, List<String> qualified) {
        /** The side that came out of a tournament. */
        public static Other of(Tournament t) {
            return new Other(
                    t.winner(),
                    t.duel().peer(),
                    t.duel().ratio(),
                    t.duel().peerResident(),
                    t.qualified().stream().map(Tournament.Candidate::toString).toList());
        }
    }

    /** Pictures a second of one of the timings. */
    private double imagesPerSecond(Timing of) {
        return batch / of.median();
    }

    /** Everything but the kernels as one object. */
    public Map<String, Object> json() {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("device", device);
        result.put("threads", threads);
        result.put("model", model);
        result.put("parameters", parameters);
        result.put("batch", batch);
        result.put("flops", flops);
        result.put("arenaBytes", arenaBytes);
        result.put("peakResident", peakResident);
        result.put("compileSeconds", start.compileSeconds);
        result.put("compiledKernels", start.compiledKernels);
        result.put("firstSeconds", start.firstSeconds);
        result.put("processSeconds", start.processSeconds);
        result.put("bytesUp", moved.up());
        result.put("bytesDown", moved.down());
        put(result, "", timing);
        if (other != null) {
            result.put("other", other.name);
            put(result, "other", other.timing);
            result.put("ratio", other.ratio.median());
            result.put("ratioLow", other.ratio.quantile(0.25));
            result.put("ratioHigh", other.ratio.quantile(0.75));
            result.put("otherPeakResident", other.peakResident);
            result.put("qualified", other.qualified);
        }
        return result;
    }

    /**
     * Everything as one object.
     *
     * @param profile kernel by kernel
     * @param peak what the machine can do, or nothing for a device that is not its processor
     */
    public Map<String, Object> json(Profile profile, @Nullable MachinePeak peak) {
        Map<String, Object> result = json();
        if (peak != null) {
            result.put("peakFlops", peak.flops());
            result.put("peakBytes", peak.bytes());
            result.put("roundTrip", peak.roundTrip());
        }
        List<Map<String, Object>> kernels = new ArrayList<>();
        for (Profile.Entry e : profile.entries()) {
            Map<String, Object> kernel = new LinkedHashMap<>();
            kernel.put("kernel", e.label());
            kernel.put("runs", e.runs());
            kernel.put("seconds", e.seconds());
            kernel.put("flops", e.flops());
            kernel.put("bytes", e.bytes());
            kernels.add(kernel);
        }
        result.put("kernels", kernels);
        return result;
    }

    private void put(Map<String, Object> result, String side, Timing timing) {
        result.put(side.isEmpty() ? "seconds" : side + "Seconds", timing.median());
        result.put(side.isEmpty() ? "secondsLow" : side + "SecondsLow", timing.quantile(0.25));
        result.put(side.isEmpty() ? "secondsHigh" : side + "SecondsHigh", timing.quantile(0.75));
        result.put(side.isEmpty() ? "imagesPerSecond" : side + "ImagesPerSecond", imagesPerSecond(timing));
    }

    /** Everything but the kernels, for a reader. */
    public String text() {
        int rounds = timing.seconds().length;
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                """
                device      %s, %d threads
                model       %s, %,d parameters, batch %d
                run         %.1f ms median, %.1f to %.1f ms in the middle half of %d rounds
                start       compiling %.2f s, first run %.1f ms, done %.2f s after the process began
                speed       %.2f images/s, %.1f GFLOP/s of %.1f GFLOP a run
                memory      %.2f GB of arenas, %.2f GB resident at most
                """,
                device,
                threads,
                model,
                parameters,
                batch,
                1e3 * timing.median(),
                1e3 * timing.quantile(0.25),
                1e3 * timing.quantile(0.75),
                rounds,
                start.compileSeconds,
                1e3 * start.firstSeconds,
                start.processSeconds,
                imagesPerSecond(timing),
                flops / timing.median() / 1e9,
                flops / 1e9,
                arenaBytes / 1e9,
                peakResident / 1e9));
        if (start.compiledKernels > 0) {
            text.append(String.format(
                    Locale.ROOT,
                    "device code %d kernels compiled; %,d bytes up and %,d down a run%n",
                    start.compiledKernels,
                    moved.up(),
                    moved.down()));
        }
        if (other != null) {
            text.append(String.format(
                    Locale.ROOT,
                    """
                    beside      %s: %.1f ms median, %.1f to %.1f ms, %.2f images/s
                    ratio       %.2fx its images/s (middle half of %d rounds: %.2f to %.2f)
                    """,
                    other.name,
                    1e3 * other.timing.median(),
                    1e3 * other.timing.quantile(0.25),
                    1e3 * other.timing.quantile(0.75),
                    imagesPerSecond(other.timing),
                    other.ratio.median(),
                    rounds,
                    other.ratio.quantile(0.25),
                    other.ratio.quantile(0.75)));
            if (other.peakResident > 0) {
                text.append(
                        String.format(Locale.ROOT, "            %.2f GB resident at most%n", other.peakResident / 1e9));
            }
            other.qualified.forEach(
                    candidate -> text.append("tried       ").append(candidate).append('\n'));
        }
        return text.toString();
    }
}
