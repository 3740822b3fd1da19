package beits.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    /** Moments at which a writing process is killed. */
    private static final int KILLS = Integer.getInteger("beits.test.kills", 6);

    @TempDir
    Path folder;

    /** Writes ever new generations of the same checkpoint until it is killed. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) throws IOException {
            for (int generation = Integer.parseInt(arguments[1]); ; generation++) {
                Safetensors.write(Path.of(arguments[0]), generation(generation));
            }
        }

        static NamedTensors generation(int generation) {
            float[] values = new float[300_000];
            Arrays.fill(values, generation);
            return new NamedTensors()
                    .describe("generation", Integer.toString(generation))
                    .put("values", TensorData.of(values, values.length));
        }
    }

    @Test
    void aFailureHalfWayLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("a.bin");
        AtomicFile.write(file, channel -> channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3})));
        assertThatThrownBy(() -> AtomicFile.write(file, channel -> {
                    channel.write(ByteBuffer.wrap(new byte[] {4}));
                    throw new IOException("disk full");
                }))
                .hasMessage(file + ": cannot be written: disk full");
        assertThat(Files.readAllBytes(file)).containsExactly(1, 2, 3);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aKilledWriterLeavesAWholeFile() throws IOException, InterruptedException {
        Path file = folder.resolve("step.safetensors");
        Safetensors.write(file, Writer.generation(0));
        SplittableRandom random = new SplittableRandom(11);
        int last = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Process writer = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Writer.class.getName(),
                            file.toString(),
                            Integer.toString(last + 1)))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            int before = last;
            while (generation(file) == before && writer.isAlive()) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            TimeUnit.MICROSECONDS.sleep(random.nextInt(60_000));
            writer.destroyForcibly().waitFor();
            last = generation(file);
            assertThat(last).isGreaterThan(before);
            Golden.assertSameBits(Safetensors.read(file), Writer.generation(last));
        }
    }

    private static int generation(Path file) throws IOException {
        return Integer.parseInt(Safetensors.read(file).metadata().getOrDefault("generation", "-1"));
    }
}
