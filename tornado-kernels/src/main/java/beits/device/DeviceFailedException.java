package beits.device;

/** A device that failed at work that it had taken on; the message is one line and names the remedy. */
public final class DeviceFailedException extends DeviceException {
    private static final long serialVersionUID = 1L;

    public DeviceFailedException(String message) {
        super(message);
    }

    public DeviceFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
