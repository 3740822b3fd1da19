package beits.device;

/**
 * Bytes between the host's memory and the device's since an executable was made.
 *
 * @param up written by the host into the device's memory, the device's own tables included
 * @param down read by the host
 */
public record Traffic(long up, long down) {
    /** Nothing moved: the device works in the host's memory. */
    public static final Traffic NONE = new Traffic(0, 0);

    /** What has moved since an earlier count. */
    public Traffic since(Traffic earlier) {
        return new Traffic(up - earlier.up, down - earlier.down);
    }
}
