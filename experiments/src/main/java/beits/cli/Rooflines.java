package beits.cli;

import beits.benchmark.MachinePeak;
import beits.device.Profile;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Profiles of a program as tables: beside the roof of the machine, or two devices side by side. */
final class Rooflines {
    private Rooflines() {}

    /**
     * A table of all kernels, the most expensive first, with the share of what the machine can do at most.
     *
     * @param peak of the machine, or nothing where it is not known
     */
    static String alone(Profile profile, @Nullable MachinePeak peak) {
        if (peak == null) {
            return profile.table();
        }
        double total = profile.seconds();
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s%n%n%-44s %6s %9s %7s %9s %8s %6s %s%n",
                peak.text(),
                "kernel",
                "runs",
                "ms",
                "share",
                "GFLOP/s",
                "GB/s",
                "roof",
                "of"));
        for (Profile.Entry e : profile.entries()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-44s %6d %9.2f %6.1f%% %9.1f %8.1f %5.0f%% %s%n",
                    e.label(),
                    e.runs(),
                    e.seconds() * 1e3,
                    100 * e.seconds() / total,
                    e.gigaflops(),
                    e.gigabytes(),
                    100 * peak.seconds(e.flops(), e.bytes()) / e.seconds(),
                    peak.memoryBound(e.flops(), e.bytes()) ? "memory" : "fma"));
        }
        return text.toString();
    }

    /**
     * A table of all kernels, the most expensive first.
     *
     * @param profile of the device in question
     * @param other of the device that it is compared with
     * @param otherName its name
     */
    static String beside(Profile profile, Profile other, String otherName) {
        Map<String, Profile.Entry> others =
                other.entries().stream().collect(Collectors.toMap(Profile.Entry::label, Function.identity()));
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%-44s %6s %9s %9s %9s %11s %7s%n",
                "kernel",
                "runs",
                "ms",
                "GFLOP/s",
                "GB/s",
                otherName + " ms",
                "speed"));
        for (Profile.Entry e : profile.entries()) {
            Profile.Entry beside = others.get(e.label());
            double seconds = beside == null ? Double.NaN : beside.seconds();
            text.append(String.format(
                    Locale.ROOT,
                    "%-44s %6d %9.2f %9.1f %9.1f %11.2f %6.0f%%%n",
                    e.label(),
                    e.runs(),
                    e.seconds() * 1e3,
                    e.gigaflops(),
                    e.gigabytes(),
                    seconds * 1e3,
                    100 * seconds / e.seconds()));
        }
        return text.toString();
    }
}
