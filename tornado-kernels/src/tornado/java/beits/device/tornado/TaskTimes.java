package beits.device.tornado;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads TornadoVM's profile log, one JSON object an execution of a graph. */
final class TaskTimes {
    private static final Pattern TASK_OR_TIME =
            Pattern.compile("\"(" + SectionGraph.NAME + "\\.[^\"]+)\": \\{|\"TASK_KERNEL_TIME\": \"(\\d+)\"");

    private TaskTimes() {}

    /** Nanoseconds of each task, by graph and task name, in the last execution of the log. */
    static Map<String, Long> last(String log) {
        String start = "\"" + SectionGraph.NAME + "\": {";
        Matcher matcher = TASK_OR_TIME.matcher(log.substring(Math.max(0, log.lastIndexOf(start))));
        Map<String, Long> times = new HashMap<>();
        String task = "";
        while (matcher.find()) {
            if (matcher.group(1) != null) {
                task = matcher.group(1);
            } else {
                times.put(task, Long.parseLong(matcher.group(2)));
            }
        }
        return times;
    }
}
