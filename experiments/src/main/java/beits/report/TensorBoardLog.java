package beits.report;

import beits.train.TrainingEvent;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * TensorBoard's event file: each record is its length, a masked CRC-32C of the length, the event, a masked CRC-32C of the event.
 * Events are written field by field; numbers are those of {@code event.proto} and {@code summary.proto}.
 */
public final class TensorBoardLog implements Consumer<TrainingEvent>, AutoCloseable {
    private static final int EVENT_WALL_TIME = 1;
    private static final int EVENT_STEP = 2;
    private static final int EVENT_FILE_VERSION = 3;
    private static final int EVENT_SUMMARY = 5;
    private static final int SUMMARY_VALUE = 1;
    private static final int VALUE_TAG = 1;
    private static final int VALUE_SIMPLE = 2;

    private final OutputStream out;

    private TensorBoardLog(OutputStream out) {
        this.out = out;
    }

    /**
     * Begins an event file in a folder.
     *
     * @param seconds wall time of the start, part of the file's name
     */
    public static TensorBoardLog open(Path folder, long seconds) throws IOException {
        Files.createDirectories(folder);
        TensorBoardLog log = new TensorBoardLog(
                Files.newOutputStream(folder.resolve("events.out.tfevents.%010d.beits".formatted(seconds))));
        log.record(event -> {
            event.writeDouble(EVENT_WALL_TIME, seconds);
            event.writeString(EVENT_FILE_VERSION, "brain.Event:2");
        });
        return log;
    }

    @Override
    public void accept(TrainingEvent event) {
        try {
            switch (event) {
                case TrainingEvent.Step s -> {
                    scalar(s.step(), "loss", s.result().loss());
                    for (var share : s.result().shares().entrySet()) {
                        scalar(s.step(), share.getKey(), share.getValue());
                    }
                    scalar(s.step(), "gradientNorm", s.result().gradientNorm());
                    scalar(s.step(), "lr", s.result().learningRate());
                    scalar(s.step(), "imagesPerSecond", s.imagesPerSecond());
                    scalar(s.step(), "dataWait", s.dataWait());
                }
                case TrainingEvent.Evaluated e -> {
                    for (var metric : e.metrics().entrySet()) {
                        scalar(e.step(), "evaluation/" + metric.getKey(), metric.getValue());
                    }
                }
                case TrainingEvent.Saved saved -> out.flush();
                case TrainingEvent.BestSoFar _ -> {}
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes one value. */
    public void scalar(long step, String tag, double value) throws IOException {
        byte[] single = message(m -> {
            m.writeString(VALUE_TAG, tag);
            m.writeFloat(VALUE_SIMPLE, (float) value);
        });
        byte[] summary = message(m -> m.writeByteArray(SUMMARY_VALUE, single));
        double now = System.currentTimeMillis() / 1e3;
        record(event -> {
            event.writeDouble(EVENT_WALL_TIME, now);
            event.writeInt64(EVENT_STEP, step);
            event.writeByteArray(EVENT_SUMMARY, summary);
        });
    }

    @FunctionalInterface
    private interface Fields {
        void write(CodedOutputStream message) throws IOException;
    }

    private static byte[] message(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream message = CodedOutputStream.newInstance(bytes);
        fields.write(message);
        message.flush();
        return bytes.toByteArray();
    }

    private void record(Fields fields) throws IOException {
        byte[] event = message(fields);
        byte[] length = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(event.length)
                .array();
        out.write(length);
        out.write(maskedCrc(length));
        out.write(event);
        out.write(maskedCrc(event));
    }

    private static byte[] maskedCrc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        int value = (int) crc.getValue();
        int masked = ((value >>> 15) | (value << 17)) + 0xa282ead8;
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(masked)
                .array();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
