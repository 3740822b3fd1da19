package beits.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    @TempDir
    Path folder;

    private static NamedTensors sample() {
        return new NamedTensors()
                .describe("beits.format", "1")
                .describe("note", "naïve 世界 \uD83D\uDE00 \"quoted\"")
                .put("flags", new TensorData(TensorType.BOOL, List.of(3L), bytes(1, 0, 1)))
                .put("weight", TensorData.of(new float[] {1, -2.5f, Float.NaN, 0x1p-149f, 5, 6}, 2, 3))
                .put("größe/名前", TensorData.of(new long[] {Long.MIN_VALUE, 7}, 2))
                .put("scalar", TensorData.of(new double[] {Math.PI}))
                .put("nothing", TensorData.of(new float[0], 0, 3))
                .put("half", new TensorData(TensorType.F16, List.of(2L), bytes(0x00, 0x3c, 0x00, 0xc0)))
                .put("brain", new TensorData(TensorType.BF16, List.of(1L), bytes(0x80, 0xbf)));
    }

    private static MemorySegment bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return MemorySegment.ofArray(bytes);
    }

    @Test
    void whatIsWrittenComesBack() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Safetensors.write(file, sample());
        NamedTensors read = Safetensors.read(file);
        Golden.assertSameBits(read, sample());
        assertThat(read.tensors().keySet())
                .containsExactlyElementsOf(sample().tensors().keySet());
        assertThat(read.metadata()).isEqualTo(sample().metadata());
        assertThat(read.get("half").toFloats()).containsExactly(1, -2);
        assertThat(read.get("brain").toFloats()).containsExactly(-1);
        assertThat(read.get("flags").toLongs()).containsExactly(1, 0, 1);
        assertThat(read.get("größe/名前").toLongs()).containsExactly(Long.MIN_VALUE, 7);
    }

    @Test
    void equalContentGivesEqualBytes() throws IOException {
        Path first = folder.resolve("a.safetensors");
        Path second = folder.resolve("b.safetensors");
        Safetensors.write(first, sample());
        Safetensors.write(second, Safetensors.read(first));
        assertThat(Files.mismatch(first, second)).isEqualTo(-1);
    }

    @Test
    void everyTensorIsAlignedToItsElement() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Safetensors.write(file, sample());
        ByteBuffer content = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(content.getLong() % 8).isZero();
        Safetensors.read(file)
                .tensors()
                .forEach((name, tensor) -> assertThat(
                                tensor.data().address() % tensor.type().bytes())
                        .as(name)
                        .isZero());
    }

    @Test
    void aFileCanBeReplacedByWhatWasReadFromIt() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Safetensors.write(file, sample());
        NamedTensors read = Safetensors.read(file);
        Safetensors.write(file, read);
        Golden.assertSameBits(Safetensors.read(file), sample());
        Golden.assertSameBits(read, sample());
    }

    @Test
    void everyTruncationAndEveryFlippedBitIsSeen() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Safetensors.write(file, sample());
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            MemorySegment cut = MemorySegment.ofArray(whole).asSlice(0, length);
            assertThatThrownBy(() -> Safetensors.read(cut, "cut"))
                    .as("%s bytes", length)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageStartingWith("cut: ");
        }
        for (int bit = 0; bit < 8 * whole.length; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> Safetensors.read(MemorySegment.ofArray(flipped), "flipped"))
                    .as("bit %s", bit)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageStartingWith("flipped: ");
        }
    }

    @Test
    void foreignFilesNeedNoChecksum() throws IOException {
        NamedTensors read = Golden.tensors("checkpoints/cls_tiny/hf.safetensors");
        assertThat(read.tensors()).hasSize(43);
        assertThat(read.metadata()).containsExactly(java.util.Map.entry("format", "pt"));
        assertThat(read.get("classifier.weight").shape()).containsExactly(6L, 16L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{} x",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"more\":1}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[[1]],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":{\"0\":4}}}",
                "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "{\"a\":7}",
                "{\"__metadata__\":{\"a\":7},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
            })
    void headersThatAreNotAsTheyShouldBeAreRefused(String header) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + text.length + 4).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(text.length).put(text);
        assertThatThrownBy(() -> Safetensors.read(MemorySegment.ofArray(file.array()), "bad"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("bad: not a whole safetensors file: ");
    }

    private static MemorySegment rewritten(String metadata) {
        byte[] text = ("{\"__metadata__\":" + metadata
                        + ",\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}")
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + text.length + 4).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(text.length).put(text).putFloat(3);
        return MemorySegment.ofArray(file.array());
    }

    /** Other programs write the description back in an order of their own. */
    @Test
    void aCheckpointOfOursThatAnotherProgramWroteMayLackItsChecksum() throws IOException {
        NamedTensors read = Safetensors.read(rewritten("{\"beits.format\":\"1\"}"), "cast");
        assertThat(read.get("a").toFloats()).containsExactly(3);
        assertThatThrownBy(() ->
                        Safetensors.read(rewritten("{\"beits.format\":\"1\",\"beits.crc32c\":\"01234567\"}"), "cast"))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(
                        "cast: another program wrote this checkpoint of ours, and its checksum does not match; copy it again, or,"
                                + " if the change was meant, save it without beits.crc32c in its metadata");
        assertThatThrownBy(() -> Safetensors.read(rewritten("{\"beits.crc32c\":\"01234567\"}"), "edited"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(
                        "edited: its checksum does not match: it was damaged, or changed by another program");
    }

    @Test
    void largeTensorsAreWrittenInPieces() throws IOException {
        float[] values = new float[(1 << 22) + 1021];
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        Path file = folder.resolve("large.safetensors");
        Safetensors.write(file, new NamedTensors().put("large", TensorData.of(values, values.length)));
        assertThat(Safetensors.read(file).get("large").toFloats()).isEqualTo(values);
    }
}
