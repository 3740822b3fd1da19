package beits.kernel;

/** Operations of two elements. */
public enum BinaryOperation {
    /** {@code a + b}. */
    ADD("Add"),
    /** {@code a − b}. */
    SUBTRACT("Subtract"),
    /** {@code a · b}. */
    MULTIPLY("Multiply");

    private final String label;

    BinaryOperation(String label) {
        this.label = label;
    }

    /** Name in listings. */
    public String label() {
        return label;
    }
}
