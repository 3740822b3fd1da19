package beits.benchmark;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Pillow and torchvision in a process of their own, which does nothing between two measurements. */
public final class PillowPeer implements AutoCloseable {
    private static final String SCRIPT = "/beits/benchmark/pillow_peer.py";

    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter questions;
    private final String versions;

    /**
     * One measurement.
     *
     * @param views seconds from the files to the normalised views
     * @param resize seconds for the resize alone
     */
    public record Times(double views, double resize) {}

    /**
     * Starts the peer.
     *
     * @param python the interpreter, which must have Pillow and torchvision
     * @param folder for the script and for what the interpreter complains about
     * @throws IOException when it does not start, with its last line
     */
    public PillowPeer(String python, List<Path> files, Path folder) throws IOException {
        Path script = folder.resolve("pillow_peer.py");
        try (InputStream in = Objects.requireNonNull(PillowPeer.class.getResourceAsStream(SCRIPT), SCRIPT)) {
            Files.copy(in, script);
        }
        List<String> command = new ArrayList<>(List.of(python, script.toString()));
        files.forEach(file -> command.add(file.toString()));
        Path complaints = folder.resolve("complaints");
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(complaints.toFile());
        builder.environment().put("OMP_NUM_THREADS", "1");
        process = builder.start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        questions = process.outputWriter(StandardCharsets.UTF_8);
        String line = answers.readLine();
        if (line == null) {
            process.destroy();
            List<String> said = Files.readAllLines(complaints);
            throw new IOException(said.isEmpty() ? "ended without a word" : said.getLast());
        }
        versions = line;
    }

    /** What is installed. */
    public String versions() {
        return versions;
    }

    /** Measures once. */
    public Times measure() throws IOException {
        questions.write("once\n");
        questions.flush();
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the peer ended");
        }
        String[] seconds = line.split(" ", 2);
        return new Times(Double.parseDouble(seconds[0]), Double.parseDouble(seconds[1]));
    }

    @Override
    public void close() {
        process.destroy();
    }
}
