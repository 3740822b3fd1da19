package beits.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs {@code ./beits} as a user does, in a process of its own. */
final class Launcher {
    private final Path script;

    /** What it printed on standard output, and how long it took. */
    record Ended(String out, double seconds) {}

    /**
     * Finds the launcher that started this process.
     *
     * @throws UserException when there was none
     */
    Launcher() {
        String home = System.getProperty("beits.home");
        if (home == null) {
            throw new UserException("start with ./beits: this command calls it again");
        }
        script = Path.of(home, "beits");
    }

    /**
     * Runs a command to its end; standard error goes to that of this process.
     *
     * @throws IOException when it fails
     */
    Ended run(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(arguments);
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            int code = process.waitFor();
            if (code != 0) {
                throw new IOException("beits %s: ended with %d".formatted(String.join(" ", arguments), code));
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return new Ended(out, (System.nanoTime() - start) / 1e9);
    }
}
