package beits.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where the peer of the benchmarks comes from, and what the system tells of processes. */
final class PeerLibrary {
    private PeerLibrary() {}

    /**
     * The folder of the peer's jars, fetched and built by Maven the first time.
     *
     * @throws UserException when that fails, naming the log
     */
    static Path fetched(PrintWriter err) throws IOException {
        String home = System.getProperty("beits.home");
        if (home == null) {
            throw new UserException("--peer: start with ./beits, which knows where the peer's sources are");
        }
        Path folder = Path.of(home, "experiments/target/peer");
        Path library = folder.resolve("lib");
        Path stamp = folder.resolve("fetched");
        if (Files.isRegularFile(stamp)) {
            return library;
        }
        err.println("beits: fetching LibTorch, this happens once (about 110 MB) ...");
        Files.createDirectories(folder);
        Path log = folder.resolve("fetch.log");
        Process maven = new ProcessBuilder(List.of(
                        "mvn",
                        "-B",
                        "-f",
                        Path.of(home, "experiments/src/peer/pom.xml").toString(),
                        "package"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (maven.waitFor() != 0) {
                throw new UserException("--peer libtorch: could not be fetched; the log is " + log);
            }
        } catch (InterruptedException e) {
            maven.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        Files.createFile(stamp);
        return library;
    }

    /** The java command of this process. */
    static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    /** Largest resident size of this process in bytes, 0 where the system does not tell. */
    static long peakResident() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(0);
    }
}
