package beits.device.tornado;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds tasks that a driver refused to launch: TornadoVM prints what the driver says, and goes on. Such a task has taken no time at
 * all. What a launch is refused for, its grid and its arguments, is the same at every run of a graph; so its first one tells.
 *
 * @param clockTells whether the driver's clock shows every kernel some time; where it does not, none at all means nothing
 */
record LaunchCheck(boolean clockTells) {
    /** By the times that the clock showed of a small kernel that did run. */
    static LaunchCheck of(List<Long> nanoseconds) {
        return new LaunchCheck(nanoseconds.stream().allMatch(time -> time > 0));
    }

    /** A task that was not launched, if there is one. */
    Optional<String> refused(Map<String, Long> nanoseconds) {
        return nanoseconds.entrySet().stream()
                .filter(task -> clockTells && task.getValue() == 0)
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
