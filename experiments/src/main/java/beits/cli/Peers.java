package beits.cli;

import beits.benchmark.PeerBuild;
import beits.benchmark.PeerProcess.Installation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where the peers of the benchmarks come from. */
final class Peers {
    private Peers() {}

    /**
     * The builds that {@code --peer} names, fetched and built by Maven the first time and when their sources have changed. One of
     * several that cannot be had is left out with a message.
     *
     * @throws UserException when none can be had, naming the log
     */
    static List<Installation> fetched(List<PeerBuild> builds, PrintWriter err) throws IOException {
        String home = System.getProperty("beits.home");
        if (home == null) {
            throw new UserException("--peer: start with ./beits, which knows where the peer's sources are");
        }
        List<Installation> found = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (PeerBuild build : builds) {
            Path folder = Path.of(home, "experiments/target/peer", build.profile());
            String problem = fetch(Path.of(home, "experiments/src/peer"), folder, build, err);
            if (problem == null) {
                found.add(new Installation(build, folder, java()));
            } else {
                missing.add(problem);
            }
        }
        if (found.isEmpty()) {
            throw new UserException(String.join("; ", missing));
        }
        missing.forEach(problem -> err.println("beits: " + problem));
        return found;
    }

    /** What went wrong, or nothing. */
    private static @Nullable String fetch(Path sources, Path folder, PeerBuild build, PrintWriter err)
            throws IOException {
        Path stamp = folder.resolve("fetched");
        if (Files.isRegularFile(stamp) && Files.getLastModifiedTime(stamp).compareTo(newest(sources)) > 0) {
            return null;
        }
        err.printf(
                "beits: fetching the peer %s, this happens once (about %d MB) ...%n",
                build.option(), build.megabytes());
        Files.createDirectories(folder);
        Path log = folder.resolve("fetch.log");
        Process maven = new ProcessBuilder(List.of(
                        "mvn",
                        "-B",
                        "-P",
                        build.profile(),
                        "-f",
                        sources.resolve("pom.xml").toString(),
                        "package"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (maven.waitFor() != 0) {
                return "--peer %s: could not be fetched; the log is %s".formatted(build.option(), log);
            }
        } catch (InterruptedException e) {
            maven.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        Files.writeString(stamp, build.option());
        return null;
    }

    private static FileTime newest(Path sources) throws IOException {
        FileTime newest = FileTime.fromMillis(0);
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                FileTime time = Files.getLastModifiedTime(file);
                newest = time.compareTo(newest) > 0 ? time : newest;
            }
        }
        return newest;
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
