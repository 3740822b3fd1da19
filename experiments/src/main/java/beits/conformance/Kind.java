package beits.conformance;

import java.util.regex.Pattern;

/** What an expected tensor is; tensors of one kind share the floor of the error measure. */
enum Kind {
    FORWARD,
    GRADIENT,
    /** A parameter after some optimiser steps. */
    UPDATED,
    /** The moving average of a parameter after some optimiser steps. */
    AVERAGED;

    private static final Pattern GRADIENTS = Pattern.compile("(^|/)grad(_sample|_tokens|_logits)?(/|$)");
    private static final Pattern AFTER_STEPS = Pattern.compile("(^|/)after\\d+/");
    private static final Pattern AVERAGES = Pattern.compile("(^|/)ema\\d+/");

    /** The kind by the naming scheme of the golden files. */
    static Kind of(String tensor) {
        if (GRADIENTS.matcher(tensor).find()) {
            return GRADIENT;
        }
        if (AFTER_STEPS.matcher(tensor).find()) {
            return UPDATED;
        }
        return AVERAGES.matcher(tensor).find() ? AVERAGED : FORWARD;
    }
}
