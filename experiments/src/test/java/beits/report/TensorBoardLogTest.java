package beits.report;

import static org.assertj.core.api.Assertions.assertThat;

import beits.train.Trainer;
import beits.train.TrainingEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.Summary;

class TensorBoardLogTest {
    @TempDir
    private Path folder;

    @Test
    void tensorFlowReadsWhatIsWritten() throws IOException {
        try (TensorBoardLog log = TensorBoardLog.open(folder, 1_700_000_000)) {
            log.accept(new TrainingEvent.Step(
                    7,
                    100,
                    0.5,
                    new Trainer.StepResult(2.5, Map.of("mimAccuracy", 0.25), 1.5, 1e-3, 0.05, 64),
                    500,
                    0.01));
            log.accept(new TrainingEvent.Evaluated(7, Map.of("top1", 0.75)));
        }
        try (var files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactly("events.out.tfevents.1700000000.beits");
        }
        List<Event> events = events(folder.resolve("events.out.tfevents.1700000000.beits"));
        assertThat(events.getFirst().getFileVersion()).isEqualTo("brain.Event:2");
        assertThat(events.getFirst().getWallTime()).isEqualTo(1_700_000_000);
        List<String> values = new ArrayList<>();
        for (Event event : events.subList(1, events.size())) {
            assertThat(event.getStep()).isEqualTo(7);
            for (Summary.Value value : event.getSummary().getValueList()) {
                values.add(value.getTag() + "=" + value.getSimpleValue());
            }
        }
        assertThat(values)
                .containsExactly(
                        "loss=2.5",
                        "mimAccuracy=0.25",
                        "gradientNorm=1.5",
                        "lr=0.001",
                        "imagesPerSecond=500.0",
                        "dataWait=0.01",
                        "evaluation/top1=0.75");
    }

    /** The records of an event file; both checksums of each must hold. */
    private static List<Event> events(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (bytes.hasRemaining()) {
            byte[] length = new byte[8];
            bytes.get(length);
            assertThat(unmasked(bytes.getInt())).isEqualTo(crc(length));
            byte[] event = new byte
                    [Math.toIntExact(ByteBuffer.wrap(length)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getLong())];
            bytes.get(event);
            assertThat(unmasked(bytes.getInt())).isEqualTo(crc(event));
            events.add(Event.parseFrom(event));
        }
        return events;
    }

    /** The inverse of TensorFlow's mask, as its reader computes it. */
    private static int unmasked(int masked) {
        int rotated = masked - 0xa282ead8;
        return (rotated >>> 17) | (rotated << 15);
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
