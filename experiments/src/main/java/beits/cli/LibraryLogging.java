package beits.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.LogManager;

/**
 * What {@code java.util.logging} lets through: warnings, to the standard error. The Parquet library tells by it what it chose for this
 * machine. The JDK makes an object of this class when a library first asks for a logger ({@link LogManager}); to set a level instead
 * would start that logging, 0.06 s, for every command.
 */
public final class LibraryLogging {
    private static final String CONFIGURATION = "handlers = java.util.logging.ConsoleHandler\n.level = WARNING\n";

    /** Configures {@code java.util.logging}. */
    public LibraryLogging() throws IOException {
        LogManager.getLogManager()
                .readConfiguration(new ByteArrayInputStream(CONFIGURATION.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** Makes the JDK use this class. */
    static void install() {
        System.setProperty("java.util.logging.config.class", LibraryLogging.class.getName());
    }
}
