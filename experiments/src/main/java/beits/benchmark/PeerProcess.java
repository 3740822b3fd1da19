package beits.benchmark;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** LibTorch in a process of its own, which does nothing between two measurements (its source: {@code src/peer}). */
public final class PeerProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter requests;
    private final String name;
    private final Path complaints;
    private final String version;

    /**
     * A build that has been fetched.
     *
     * @param build which one
     * @param folder where it lies
     * @param java the java command
     */
    public record Installation(PeerBuild build, Path folder, Path java) {
        /** Starts a process with so many threads. */
        public PeerProcess start(int threads) throws IOException {
            return new PeerProcess(this, threads);
        }
    }

    /**
     * One measurement.
     *
     * @param seconds a run
     * @param peakResident largest resident size of the process so far in bytes
     */
    public record Measured(double seconds, long peakResident) {}

    private PeerProcess(Installation at, int threads) throws IOException {
        // Its own copy of what the jars hold: a cache shared with others may be half written.
        List<String> command = new ArrayList<>(List.of(
                at.java.toString(),
                "--enable-native-access=ALL-UNNAMED",
                // Its JVM does as little as ours with the heap, so it gets as little memory.
                "-XX:+UseSerialGC",
                "-Xmn32m",
                "-XX:ErrorFile=" + at.folder.resolve("crash.log"),
                "-Dorg.bytedeco.javacpp.cachedir=" + at.folder.resolve("cache")));
        if (at.build == PeerBuild.MKL) {
            command.add("-Dorg.bytedeco.javacpp.pathsFirst=true");
            command.add("-Djava.library.path=" + at.folder.resolve("natives/pytorch/cpu/linux-x86_64"));
        }
        command.addAll(
                List.of("-cp", at.folder.resolve("lib/*").toString(), "beits.peer.Peer", Integer.toString(threads)));
        name = at.build.option();
        complaints = at.folder.resolve("complaints.log");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(at.folder.toFile()).redirectError(complaints.toFile());
        fastest(builder.environment(), at.build, threads);
        process = builder.start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        requests = process.outputWriter(StandardCharsets.UTF_8);
        version = line();
    }

    /** Sets what makes it fastest. */
    static void fastest(Map<String, String> environment, PeerBuild build, int threads) {
        environment.put("OMP_NUM_THREADS", Integer.toString(threads));
        environment.put("OPENBLAS_NUM_THREADS", Integer.toString(threads));
        environment.put("MKL_NUM_THREADS", Integer.toString(threads));
        if (build == PeerBuild.OPENBLAS) {
            // Two pools of threads, OpenMP's and OpenBLAS's own: while one spins the other waits, a step takes twice as
            // long.
            environment.put("OMP_WAIT_POLICY", "PASSIVE");
        }
        // Freed memory is kept for the next step.
        environment.put("MALLOC_MMAP_THRESHOLD_", "1073741824");
        environment.put("MALLOC_TRIM_THRESHOLD_", "8589934592");
        // Left to itself OpenBLAS takes the kernels and blocks of this processor; a forced older type makes it slower.
        environment.keySet().removeAll(List.of("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"));
    }

    private String ask(String request) throws IOException {
        requests.write(request + "\n");
        requests.flush();
        return line();
    }

    private String line() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            process.destroy();
            List<String> said = Files.readAllLines(complaints);
            throw new IOException("the peer ended: " + (said.isEmpty() ? "without a word" : said.getLast()));
        }
        if (line.startsWith("#")) {
            throw new IOException(crash(name, answers.lines().toList()));
        }
        return line;
    }

    /**
     * What to say when the peer's JVM prints a report of its end instead of an answer: the signal and the place where native code
     * crashed, or how the report begins where it knows neither.
     */
    static String crash(String peer, List<String> report) {
        List<String> said = report.stream()
                .map(line -> line.replaceFirst("^# *", ""))
                .filter(line -> !line.isBlank())
                .toList();
        int frame = said.indexOf("Problematic frame:");
        String reason = frame < 1 || frame + 1 == said.size()
                ? said.isEmpty() ? "without a word" : said.getFirst()
                : said.get(1).replaceFirst(" at pc=.*", "") + " in "
                        + said.get(frame + 1).replaceFirst("^C +", "");
        String others = Arrays.stream(PeerBuild.values())
                .map(PeerBuild::option)
                .filter(option -> !option.equals(peer))
                .collect(Collectors.joining(" or "));
        return "the peer %s crashed: %s; another may do this work: --peer %s".formatted(peer, reason, others);
    }

    /** Name, version and library of products. */
    public String version() {
        return version;
    }

    /** Makes one variant of some work ready; returns the values of its model, 0 where there is none. */
    public long prepare(PeerWork work, String variant) throws IOException {
        return Long.parseLong(ask(work.request(variant)));
    }

    /** Does the work several times. */
    public Measured measure(int runs) throws IOException {
        String[] parts = ask("runs " + runs).split(" ", 2);
        return new Measured(Double.parseDouble(parts[0]), Long.parseLong(parts[1]));
    }

    /** Runs for about so many seconds, at least once; returns how many runs make a round of {@code roundSeconds}. */
    public int warm(double seconds, double roundSeconds) throws IOException {
        long start = System.nanoTime();
        double last;
        do {
            last = measure(1).seconds();
        } while (System.nanoTime() - start < seconds * 1e9);
        return (int) Math.clamp(Math.round(roundSeconds / last), 1, 100_000);
    }

    @Override
    public void close() {
        process.destroy();
    }
}
