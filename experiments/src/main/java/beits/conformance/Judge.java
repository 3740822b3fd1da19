package beits.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares what was computed with what a case expects.
 *
 * <pre>  err(tensor) = max|a − ref| / max(max|ref|, 1e-3·M)</pre>
 *
 * M is the largest magnitude among the expected tensors of the same kind. Integers, bytes and booleans must be equal. A case
 * passes when every expected tensor was compared and everything compared is within its tolerance; what a case has no expectation
 * for is not compared.
 */
final class Judge {
    private static final double FLOOR = 1e-3;

    private final GoldenCase golden;
    private final Tolerances tolerances;
    private final Map<Kind, Double> largestOfKind = new EnumMap<>(Kind.class);
    private final Set<String> compared = new HashSet<>();
    private final List<Finding> findings = new ArrayList<>();

    private record Finding(String what, double error, double tolerance, String detail) {
        boolean passed() {
            return error <= tolerance;
        }

        /** How much of the tolerance is used; anything beyond it, NaN included, comes out above 1. */
        double use() {
            if (passed()) {
                return tolerance == 0 ? 0 : error / tolerance;
            }
            return tolerance == 0 || Double.isNaN(error) ? Double.POSITIVE_INFINITY : error / tolerance;
        }
    }

    Judge(GoldenCase golden, Tolerances tolerances) {
        this.golden = golden;
        this.tolerances = tolerances;
        golden.expected().forEach((name, tensor) -> {
            if (tensor.type() == GoldenTensor.Type.F32) {
                largestOfKind.merge(Kind.of(name), tensor.largest(), Math::max);
            }
        });
    }

    /** The tolerances of the device. */
    Tolerances tolerances() {
        return tolerances;
    }

    /** An expected tensor for a comparison of the caller's own, which is due. */
    GoldenTensor examine(String name) {
        compared.add(name);
        return golden.expected(name);
    }

    /** Compares an expected float tensor by the error measure, with the tolerance of the table. */
    void tensor(String name, double[] actual) {
        tensor(name, actual, tolerances.tensor(golden.name(), Kind.of(name)));
    }

    /** Compares an expected float tensor by the error measure. */
    void tensor(String name, double[] actual, double tolerance) {
        GoldenTensor reference = golden.expected().get(name);
        if (reference == null) {
            return;
        }
        double floor = FLOOR * Objects.requireNonNullElse(largestOfKind.get(Kind.of(name)), 0.0);
        double scale = Math.max(reference.largest(), floor);
        difference(name, reference, actual, scale == 0 ? 1 : scale, tolerance);
    }

    /** Compares an expected float tensor by its largest absolute difference. */
    void absolute(String name, double[] actual, double tolerance) {
        difference(name, golden.expected().get(name), actual, 1, tolerance);
    }

    /** Compares an expected tensor of integers, bytes or booleans: every element must be equal. */
    void exact(String name, int[] actual) {
        exact(name, Arrays.stream(actual).asDoubleStream().toArray());
    }

    /** {@link #exact(String, int[])} for values held as doubles. */
    void exact(String name, double[] actual) {
        difference(name, golden.expected().get(name), actual, 1, 0);
    }

    private void difference(
            String name, @Nullable GoldenTensor reference, double[] actual, double scale, double tolerance) {
        if (reference == null) {
            return;
        }
        compared.add(name);
        double[] values = reference.values();
        if (actual.length != values.length) {
            String detail = "%s has %d values instead of %s".formatted(name, actual.length, reference);
            findings.add(new Finding(name, Double.NaN, tolerance, detail));
            return;
        }
        double worst = 0;
        int at = 0;
        for (int i = 0; i < values.length; i++) {
            boolean same = values[i] == actual[i] || (Double.isNaN(values[i]) && Double.isNaN(actual[i]));
            double difference = same ? 0 : Math.abs(actual[i] - values[i]);
            if (!(difference <= worst)) {
                worst = difference;
                at = i;
            }
            if (Double.isNaN(worst)) {
                break;
            }
        }
        String detail = values.length == 0
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%s %s at %d: %s instead of %s",
                        name,
                        Arrays.toString(reference.shape()),
                        at,
                        actual[at],
                        values[at]);
        findings.add(new Finding(name, worst / scale, tolerance, detail));
    }

    /** Compares a scalar by its relative difference, with the tolerance of the table. */
    void scalar(String what, double actual, double expected) {
        scalar(what, actual, expected, tolerances.scalar());
    }

    /** Compares a scalar by its relative difference. */
    void scalar(String what, double actual, double expected, double tolerance) {
        scaled(what, actual, expected, Math.abs(expected), tolerance);
    }

    /** Compares a scalar by its difference divided by {@code scale}. */
    void scaled(String what, double actual, double expected, double scale, double tolerance) {
        double error = actual == expected ? 0 : Math.abs(actual - expected) / scale;
        findings.add(new Finding(what, error, tolerance, "%s: %s instead of %s".formatted(what, actual, expected)));
    }

    /** Compares scalars one by one, relative differences. */
    void scalars(String what, double[] actual, double[] expected, double tolerance) {
        equal(what + " length", actual.length, expected.length);
        for (int i = 0; i < Math.min(actual.length, expected.length); i++) {
            scalar(what + "[" + i + "]", actual[i], expected[i], tolerance);
        }
    }

    /** Compares facts: names, counts, verdicts. */
    void equal(String what, Object actual, Object expected) {
        boolean same = actual.equals(expected);
        findings.add(new Finding(what, same ? 0 : 1, 0, "%s: %s instead of %s".formatted(what, actual, expected)));
    }

    /** Adds the outcome of a test that has a measure of its own. */
    void within(String what, double error, double tolerance) {
        String detail = String.format(Locale.ROOT, "%s: %.3g where %.3g is allowed", what, error, tolerance);
        findings.add(new Finding(what, error, tolerance, detail));
    }

    /** The verdict; expected tensors that nobody compared make the case fail. */
    CaseResult verdict() {
        for (String name : golden.expected().keySet()) {
            if (!compared.contains(name)) {
                findings.add(new Finding(name, Double.NaN, 0, name + " is expected, but nothing computes it"));
            }
        }
        if (findings.isEmpty()) {
            findings.add(new Finding("nothing", Double.NaN, 0, "the case expects nothing that could be compared"));
        }
        Finding worst = findings.getFirst();
        int failed = 0;
        for (Finding finding : findings) {
            if (finding.use() > worst.use() || (finding.use() == worst.use() && finding.error > worst.error)) {
                worst = finding;
            }
            failed += finding.passed() ? 0 : 1;
        }
        String reason = worst.detail;
        if (failed > 1) {
            reason += " (and %d more)".formatted(failed - 1);
        }
        return new CaseResult(
                golden.name(),
                failed == 0,
                findings.size(),
                worst.what,
                worst.error,
                worst.tolerance,
                failed == 0 ? "" : reason);
    }
}
