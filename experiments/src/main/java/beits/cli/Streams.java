package beits.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Where a command reads and writes: results to standard output, messages to standard error. */
final class Streams {
    private Streams() {}

    /** Standard input. */
    static InputStream in() {
        return System.in;
    }

    static PrintWriter out(@Nullable CommandSpec spec) {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }

    static PrintWriter err(@Nullable CommandSpec spec) {
        return Objects.requireNonNull(spec).commandLine().getErr();
    }

    /** Name of the command itself, without those above it. */
    static String name(@Nullable CommandSpec spec) {
        return Objects.requireNonNull(spec).name();
    }

    /** Whether standard error is a terminal that a progress bar can be drawn on. */
    static boolean errorIsTerminal() {
        return System.console() != null && System.console().isTerminal();
    }
}
