package beits.recipe;

import java.util.Locale;

/** Refuses values out of range with a message that names the field, the value and the rule. */
final class Check {
    private Check() {}

    /** ImageNet's constants have a value for each of three channels. */
    static void imagenetConstants(boolean wanted, ModelRecipe model) {
        that(!wanted || model.channels() == 3, "imagenetMeanAndStd", wanted, "false for grey pictures");
    }

    /** Extents, offsets and the arrays that hold batches and parameters are counted in an {@code int}. */
    static void countable(String field, Object value, String what, double count) {
        that(
                count <= Integer.MAX_VALUE,
                field,
                value,
                String.format(
                        Locale.ROOT,
                        "smaller: %.3g %s are more than the %.3g that can be counted",
                        count,
                        what,
                        (double) Integer.MAX_VALUE));
    }

    static void that(boolean holds, String field, Object value, String rule) {
        if (!holds) {
            // Recipes spell constants in lower case.
            Object spelt = value instanceof Enum<?> constant ? constant.name().toLowerCase(Locale.ROOT) : value;
            throw new IllegalArgumentException(field + ": " + spelt + " must be " + rule);
        }
    }
}
