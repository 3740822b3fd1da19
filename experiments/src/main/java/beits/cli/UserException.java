package beits.cli;

/** A mistake of the user; the message is one line that names the remedy. */
final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UserException(String message) {
        super(message);
    }
}
