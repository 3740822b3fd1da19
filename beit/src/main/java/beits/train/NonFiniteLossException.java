package beits.train;

/** The loss or a weight has become infinite or not a number; the message names the step, the tensor and the pictures. */
public final class NonFiniteLossException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NonFiniteLossException(String message) {
        super(message);
    }
}
