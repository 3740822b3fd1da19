package beits.report;

import static org.assertj.core.api.Assertions.assertThat;

import beits.train.Trainer;
import beits.train.TrainingEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {
    @TempDir
    private Path folder;

    @Test
    void resumedFileIsTheUninterruptedOne() throws IOException {
        Path whole = folder.resolve("whole.jsonl");
        steps(whole, 0, 1, 10);
        Path broken = folder.resolve("broken.jsonl");
        steps(broken, 0, 1, 8);
        Files.writeString(broken, Files.readString(broken) + "{\"step\":9,\"lo");
        steps(broken, 5, 6, 10);
        assertThat(broken).hasSameBinaryContentAs(whole);
    }

    private static void steps(Path file, long keep, int from, int to) throws IOException {
        try (MetricsLog log = MetricsLog.open(file, keep)) {
            for (int step = from; step <= to; step++) {
                Trainer.StepResult result =
                        new Trainer.StepResult(1.0 / 3 / step, Map.of(), (float) 1e-7 / step, 1e-3 / step, 0.05, 8);
                log.accept(new TrainingEvent.Step(step, 10, step / 3.0, result, System.nanoTime(), 0));
                if (step % 5 == 0) {
                    log.accept(new TrainingEvent.Evaluated(step, Map.of("top1", step / 7.0)));
                }
            }
        }
    }
}
