package beits.benchmark;

import beits.model.BeitConfig;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** LibTorch in a process of its own, which does nothing between two measurements (its source: {@code src/peer}). */
public final class LibtorchPeer implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter questions;
    private final String version;
    private final long parameters;

    /**
     * One measurement.
     *
     * @param seconds a run
     * @param peakResident largest resident size of the process so far in bytes
     */
    public record Measured(double seconds, long peakResident) {}

    /**
     * Starts the peer.
     *
     * @param java the java command
     * @param library folder of its jars
     * @param training a step of masked image modelling, or else inference
     * @param fused whether attention is LibTorch's fused operation, or else its parts
     * @param complaints file for what it prints on standard error
     * @throws IOException when it does not start, with its last line
     */
    public LibtorchPeer(
            Path java,
            Path library,
            boolean training,
            BenchmarkModel model,
            int batch,
            int threads,
            boolean fused,
            Path complaints)
            throws IOException {
        BeitConfig config = model.config();
        List<String> command = new ArrayList<>(List.of(
                java.toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                library.resolve("*").toString(),
                "beits.peer.LibtorchPeer",
                training ? "step" : "infer"));
        for (int number : new int[] {
            config.imageHeight(),
            config.patchSize(),
            config.channels(),
            config.width(),
            config.depth(),
            config.heads(),
            training ? model.vocabulary() : InferBenchmark.CLASSES,
            training ? model.maskPatches() : 0,
            batch,
            threads
        }) {
            command.add(Integer.toString(number));
        }
        command.add(Boolean.toString(fused));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(complaints.toFile());
        // What makes it fastest: no spinning between its two thread pools, and freed memory kept for the next step.
        builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
        builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
        builder.environment().put("OPENBLAS_NUM_THREADS", Integer.toString(threads));
        builder.environment().put("MALLOC_MMAP_THRESHOLD_", "1073741824");
        builder.environment().put("MALLOC_TRIM_THRESHOLD_", "8589934592");
        // Left to itself OpenBLAS takes the kernels and blocks of this processor; a forced older type halves its speed.
        builder.environment().keySet().removeAll(List.of("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"));
        process = builder.start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        questions = process.outputWriter(StandardCharsets.UTF_8);
        String[] first = line(complaints).split(", ", 2);
        version = first[0];
        parameters = Long.parseLong(first[1]);
    }

    private String line(Path complaints) throws IOException {
        String line = answers.readLine();
        if (line == null) {
            process.destroy();
            List<String> said = Files.readAllLines(complaints);
            throw new IOException("LibTorch ended: " + (said.isEmpty() ? "without a word" : said.getLast()));
        }
        return line;
    }

    /** Name and version. */
    public String version() {
        return version;
    }

    /** Values of its model. */
    public long parameters() {
        return parameters;
    }

    /** Does the work several times. */
    public Measured measure(int runs) throws IOException {
        questions.write(runs + "\n");
        questions.flush();
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("LibTorch ended in the middle of a measurement");
        }
        String[] parts = line.split(" ", 2);
        return new Measured(Double.parseDouble(parts[0]), Long.parseLong(parts[1]));
    }

    @Override
    public void close() {
        process.destroy();
    }
}
