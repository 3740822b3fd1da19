package beits.report;

import beits.checkpoint.AtomicFile;
import beits.train.TrainingEvent;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code metrics.jsonl}: one line a step or evaluation. It holds nothing that depends on the clock, so an interrupted and
 * resumed run leaves the same file as an uninterrupted one.
 */
public final class MetricsLog implements Consumer<TrainingEvent>, AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private final BufferedWriter writer;

    private MetricsLog(BufferedWriter writer) {
        this.writer = writer;
    }

    /**
     * Opens the file of a run.
     *
     * @param keep steps to keep of an older part: lines of later steps are dropped
     */
    public static MetricsLog open(Path file, long keep) throws IOException {
        StringBuilder kept = new StringBuilder();
        if (Files.isRegularFile(file)) {
            for (String line : Files.readAllLines(file)) {
                Optional<JsonNode> parsed = parse(line);
                if (parsed.isPresent() && parsed.get().path("step").asLong() <= keep) {
                    kept.append(line).append('\n');
                }
            }
        }
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(kept.toString());
        AtomicFile.write(file, channel -> {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        });
        return new MetricsLog(Files.newBufferedWriter(file, StandardOpenOption.APPEND));
    }

    /** The lines of a file; a last line that was cut off is left out. */
    public static List<JsonNode> read(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        if (Files.isRegularFile(file)) {
            for (String line : Files.readAllLines(file)) {
                parse(line).ifPresent(lines::add);
            }
        }
        return lines;
    }

    private static Optional<JsonNode> parse(String line) {
        try {
            return Optional.of(JSON.readTree(line));
        } catch (JacksonException e) {
            // The last line of a run that died may be cut off.
            return Optional.empty();
        }
    }

    @Override
    public void accept(TrainingEvent event) {
        Map<String, Object> line = new LinkedHashMap<>();
        switch (event) {
            case TrainingEvent.Step s -> {
                line.put("step", s.step());
                line.put("epoch", s.epoch());
                line.put("loss", s.result().loss());
                line.putAll(s.result().shares());
                line.put("gradientNorm", s.result().gradientNorm());
                line.put("lr", s.result().learningRate());
                line.put("weightDecay", s.result().weightDecay());
            }
            case TrainingEvent.Evaluated e -> {
                line.put("step", e.step());
                line.put("evaluation", e.metrics());
            }
            case TrainingEvent.Saved saved -> {
                flush();
                return;
            }
            // A resumed run may do again what it kept already, and the file must be the same.
            case TrainingEvent.BestSoFar _ -> {
                return;
            }
        }
        try {
            writer.write(JSON.writeValueAsString(line));
            writer.write('\n');
            // Before the checkpoint of this step: a run that is killed right after it must not miss the line.
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void flush() {
        try {
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
