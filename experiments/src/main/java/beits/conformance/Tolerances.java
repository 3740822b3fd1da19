package beits.conformance;

/**
 * What is allowed: the table of the golden data for sound float32 implementations, and {@value #DOUBLE_PRECISION} in double
 * precision wherever the table allows {@value #STRICT} or less.
 *
 * @param precision bits of the device's floats
 */
record Tolerances(int precision) {
    /** Largest error of a double-precision run: the reference is rounded to float32. */
    static final double DOUBLE_PRECISION = 2e-7;

    /** Entries of the table above this are wide for reasons that double precision does not remove. */
    static final double STRICT = 1e-4;

    /** Relative difference of values that are computed in double precision on every device. */
    static final double SCHEDULE = 1e-12;

    /** Losses, gradient norms and other scalars of a case, relative. */
    double scalar() {
        return onDevice(1e-5);
    }

    /** A tensor of a case. */
    double tensor(String caseName, Kind kind) {
        return onDevice(
                switch (kind) {
                    case FORWARD -> forward(caseName);
                    case GRADIENT -> gradient(caseName);
                    case UPDATED -> caseName.startsWith("mim/") ? 5e-5 : 5e-6;
                    case AVERAGED -> 5e-6;
                });
    }

    private static double forward(String name) {
        if (name.startsWith("dalle/")
                || name.startsWith("checkpoints/dalle")
                || name.startsWith("dvae_train/")
                || name.startsWith("seg/setr")
                || name.startsWith("seg/upernet")) {
            return 2e-5;
        }
        return name.startsWith("posembed/transfer") || name.startsWith("seg/") ? 5e-6 : 1e-5;
    }

    private static double gradient(String name) {
        if (name.startsWith("base_shape/")) {
            return 2e-4;
        }
        if (name.startsWith("dvae_train/")) {
            return 1e-4;
        }
        if (name.startsWith("metrics/")) {
            return 5e-6;
        }
        return name.startsWith("seg/") ? 2e-3 : 2e-5;
    }

    private double onDevice(double allowed) {
        return precision == 64 && allowed <= STRICT ? DOUBLE_PRECISION : allowed;
    }
}
