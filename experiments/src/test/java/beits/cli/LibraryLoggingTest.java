package beits.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LibraryLoggingTest {
    @AfterEach
    void restore() throws IOException {
        LogManager.getLogManager().readConfiguration();
    }

    @Test
    void warningsPassAndWhatIsLessDoesNot() throws IOException {
        Logger library = Logger.getLogger("dev.hardwood.some.Part");
        assertTrue(library.isLoggable(Level.INFO));
        new LibraryLogging();
        assertFalse(library.isLoggable(Level.INFO));
        assertTrue(library.isLoggable(Level.WARNING));
        assertTrue(Logger.getLogger("").getHandlers().length > 0);
    }
}
