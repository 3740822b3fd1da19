package beits.recipe;

/** Refuses values out of range with a message that names the field, the value and the rule. */
final class Check {
    private Check() {}

    static void that(boolean holds, String field, Object value, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(field + ": " + value + " must be " + rule);
        }
    }
}
