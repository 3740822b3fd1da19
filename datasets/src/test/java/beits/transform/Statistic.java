package beits.transform;

import static org.assertj.core.api.Assertions.assertThat;

import tools.jackson.databind.JsonNode;

/** Running mean and deviation of one quantity. */
final class Statistic {
    private long count;
    private double sum;
    private double squares;

    void add(double value) {
        count++;
        sum += value;
        squares += value * value;
    }

    double mean() {
        return sum / count;
    }

    double standardError() {
        return Math.sqrt(Math.max(0, squares / count - mean() * mean()) / count);
    }

    long count() {
        return count;
    }

    /** Within so many standard errors of the difference. */
    void assertMean(String what, JsonNode reference, double errors) {
        double se = Math.hypot(standardError(), reference.get("standard_error").asDouble());
        assertThat(Math.abs(mean() - reference.get("mean").asDouble()))
                .as("%s: mean %s against %s", what, mean(), reference.get("mean"))
                .isLessThanOrEqualTo(errors * se);
    }
}
