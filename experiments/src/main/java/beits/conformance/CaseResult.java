package beits.conformance;

import java.util.Locale;

/**
 * What came of a case.
 *
 * @param name group and name of the case
 * @param passed whether everything is within its tolerance
 * @param compared tensors, scalars and facts compared
 * @param worst what is nearest to its tolerance or farthest beyond it
 * @param error its error
 * @param tolerance what it is allowed
 * @param reason why the case failed, one line; empty when it passed
 */
public record CaseResult(
        String name, boolean passed, int compared, String worst, double error, double tolerance, String reason) {
    /** First part of the name: what kind of case it is. */
    public String kind() {
        int slash = name.indexOf('/');
        return slash < 0 ? name : name.substring(0, slash);
    }

    /** One line: case, largest error and what has it, tolerance, verdict. */
    public String line() {
        return String.format(
                        Locale.ROOT,
                        "%-12s %-42s %9.2e %-44s tolerance %8.2e  %s",
                        kind(),
                        name,
                        error,
                        worst,
                        tolerance,
                        passed ? "passed" : "FAILED: " + reason)
                .stripTrailing();
    }
}
