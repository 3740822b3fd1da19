package beits.cli;

import beits.train.TrainingEvent;
import java.io.PrintWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Progress of trainings that follow one another: the bar of one ends when the next begins. */
final class Stages implements AutoCloseable {
    private final PrintWriter err;
    private final boolean terminal;
    private @Nullable Progress current;

    /**
     * Progress on standard error.
     *
     * @param terminal whether it is one
     */
    Stages(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    /** A listener for the next training. */
    Consumer<TrainingEvent> next(String title) {
        close();
        Progress progress = new Progress(title, err, terminal);
        current = progress;
        return progress;
    }

    /** Prints a line, above the bar if there is one. */
    void say(String line) {
        if (current == null) {
            err.println(line);
        } else {
            current.say(line);
        }
    }

    @Override
    public void close() {
        if (current != null) {
            current.close();
            current = null;
        }
    }
}
