package beits.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * How long ago this process was started, to a hundredth of a second. A script that ends with {@code exec} counts: the process is
 * still its own.
 */
public final class ProcessAge {
    /** Ticks of the kernel's times a second, the same on every Linux. */
    private static final double TICKS = 100;
    /** Place of {@code starttime} among the fields after the command's name; see proc_pid_stat(5). */
    private static final int START_TIME = 19;

    private ProcessAge() {}

    /** Seconds since the start of this process; NaN where the system does not tell. */
    public static double seconds() {
        // Java adds the ticks to the time of the boot, which Linux gives in whole seconds: up to one too many.
        try {
            return seconds(Files.readString(Path.of("/proc/self/stat")), Files.readString(Path.of("/proc/uptime")));
        } catch (IOException e) {
            return ProcessHandle.current()
                    .info()
                    .startInstant()
                    .map(began -> Duration.between(began, Instant.now()).toNanos() / 1e9)
                    .orElse(Double.NaN);
        }
    }

    /** From the texts of {@code /proc/self/stat} and {@code /proc/uptime}. */
    static double seconds(String stat, String uptime) {
        // The command's name stands in parentheses and may hold spaces and parentheses itself.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Double.parseDouble(uptime.split(" ")[0]) - Long.parseLong(fields[START_TIME]) / TICKS;
    }
}
