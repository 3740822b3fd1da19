package beits.tensor;

/** Type of the elements of an arena. Both types take four bytes. */
public enum ElementType {
    FLOAT32,
    INT32;

    /** Bytes of one element. */
    public static final int BYTES = 4;
}
