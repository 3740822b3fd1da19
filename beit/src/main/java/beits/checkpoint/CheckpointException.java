package beits.checkpoint;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A checkpoint that cannot be used; the message is one line and names the file, what is wrong and the remedy. */
public final class CheckpointException extends IOException {
    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
