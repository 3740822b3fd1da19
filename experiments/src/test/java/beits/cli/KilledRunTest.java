package beits.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed over and over while it writes checkpoints ends with the bytes of one that is left alone. */
class KilledRunTest {
    private static final int KILLS = Integer.getInteger("beits.test.kills", 2);

    @TempDir
    private Path home;

    private List<String> finetune(String out) {
        List<String> arguments = new ArrayList<>(List.of("finetune", "fashion-finetune"));
        for (String field : List.of(
                "initFrom=null",
                "labelsPerClass=2",
                "model.width=96",
                "model.depth=2",
                "optim.batchSize=10",
                "optim.epochs=" + (2 + KILLS),
                "optim.warmupEpochs=1",
                "run.saveEvery=1",
                "run.evaluateEvery=0")) {
            arguments.addAll(List.of("--set", field));
        }
        arguments.addAll(List.of("--out", home.resolve(out).toString()));
        return arguments;
    }

    private static int run(List<String> arguments) {
        return Main.run(
                arguments.toArray(String[]::new),
                new PrintWriter(new StringWriter()),
                new PrintWriter(new StringWriter()));
    }

    private static long newest(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("step-\\d+\\.safetensors"))
                    .mapToLong(name -> Long.parseLong(name.replaceAll("\\D", "")))
                    .max()
                    .orElse(0);
        }
    }

    private static boolean writes(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.toString().endsWith(".partial"));
        }
    }

    @Test
    void aKilledRunResumesToTheSameCurve() throws IOException, InterruptedException {
        assertThat(run(finetune("whole"))).isZero();
        Path folder = home.resolve("killed");
        SplittableRandom random = new SplittableRandom(3);
        for (int kill = 0; kill < KILLS; kill++) {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--add-modules",
                    "jdk.incubator.vector",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "beits.cli.Main"));
            command.addAll(finetune("killed"));
            if (kill > 0) {
                command.add("--resume");
            }
            long before = newest(folder);
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            while (newest(folder) == before && process.isAlive()) {
                TimeUnit.MILLISECONDS.sleep(2);
            }
            while (!writes(folder) && process.isAlive()) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            TimeUnit.MICROSECONDS.sleep(random.nextInt(30_000));
            process.destroyForcibly().waitFor();
            assertThat(newest(folder)).isGreaterThan(before);
        }
        List<String> last = finetune("killed");
        last.add("--resume");
        assertThat(run(last)).isZero();
        for (String name : List.of("metrics.jsonl", "model.safetensors")) {
            assertThat(folder.resolve(name))
                    .hasSameBinaryContentAs(home.resolve("whole").resolve(name));
        }
    }
}
