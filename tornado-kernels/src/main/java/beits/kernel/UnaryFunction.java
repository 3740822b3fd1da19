package beits.kernel;

/** Functions of one element and their derivatives. */
public enum UnaryFunction {
    /** {@code x·Φ(x)}, exact with erf; derivative {@code Φ(x) + x·φ(x)}. */
    GELU("Gelu", 20),
    /** {@code max(x, 0)}; derivative 1 for x above 0, else 0. */
    RELU("Relu", 1),
    /** {@code 1/(1 + exp(−x))}. */
    SIGMOID("Sigmoid", 10),
    /** Hyperbolic tangent. */
    TANH("Tanh", 10);

    private final String label;
    private final int flops;

    UnaryFunction(String label, int flops) {
        this.label = label;
        this.flops = flops;
    }

    /** Name in listings. */
    public String label() {
        return label;
    }

    /** Rough operations an element. */
    public int flops() {
        return flops;
    }
}
