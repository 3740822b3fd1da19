package beits.image;

/** A picture, label file or archive that cannot be used; the message names the file and the reason in one line. */
public final class PictureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String source;

    /**
     * @param source file (and entry) that is wrong
     * @param reason what is wrong with it, without the name
     */
    public PictureException(String source, String reason) {
        super(source + ": " + reason);
        this.source = source;
    }

    /** As {@link #PictureException(String, String)}, with the fault that revealed it. */
    public PictureException(String source, String reason, Throwable cause) {
        super(source + ": " + reason, cause);
        this.source = source;
    }

    /** The file (and entry) that is wrong. */
    public String source() {
        return source;
    }
}
