package beits.recipe;

/** Refuses values out of range with a message that names the field, the value and the rule. */
final class Check {
    private Check() {}

    /** ImageNet's constants have a value for each of three channels. */
    static void imagenetConstants(boolean wanted, ModelRecipe model) {
        that(!wanted || model.channels() == 3, "imagenetMeanAndStd", wanted, "false for grey pictures");
    }

    static void that(boolean holds, String field, Object value, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(field + ": " + value + " must be " + rule);
        }
    }
}
