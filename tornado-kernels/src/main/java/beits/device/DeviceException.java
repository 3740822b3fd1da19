package beits.device;

/** A device that is not there or cannot do what it was asked; the message is one line and names the remedy. */
public sealed class DeviceException extends RuntimeException permits DeviceFailedException {
    private static final long serialVersionUID = 1L;

    public DeviceException(String message) {
        super(message);
    }

    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
