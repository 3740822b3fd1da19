package beits.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CheckpointsTest {
    @TempDir
    private Path folder;

    private Path written(NamedTensors tensors) throws IOException {
        Path file = folder.resolve("weights.safetensors");
        Safetensors.write(file, tensors);
        return file;
    }

    private static TensorData halves(TensorType type, int... bits) {
        byte[] bytes = new byte[2 * bits.length];
        for (int i = 0; i < bits.length; i++) {
            bytes[2 * i] = (byte) bits[i];
            bytes[2 * i + 1] = (byte) (bits[i] >> 8);
        }
        return new TensorData(type, List.of((long) bits.length), MemorySegment.ofArray(bytes));
    }

    @Test
    void weightsThatAreNoNumbersAreCounted() {
        float[] floats = new float[20_001];
        floats[0] = Float.NaN;
        floats[9_000] = Float.NEGATIVE_INFINITY;
        floats[20_000] = Float.POSITIVE_INFINITY;
        floats[1] = -Float.MAX_VALUE;
        floats[2] = Float.MIN_VALUE;
        assertThat(TensorData.of(floats, floats.length).nonFinite()).isEqualTo(3);
        assertThat(TensorData.of(
                                new double[] {
                                    Double.NaN, -Double.MAX_VALUE, Double.NEGATIVE_INFINITY, -0.0, Double.MIN_VALUE
                                },
                                5)
                        .nonFinite())
                .isEqualTo(2);
        assertThat(halves(TensorType.F16, 0x7c00, 0xfc00, 0x7e00, 0xfbff, 0x8000, 1)
                        .nonFinite())
                .isEqualTo(3);
        assertThat(halves(TensorType.BF16, 0x7f80, 0xff80, 0xffff, 0xff7f, 0x8000, 1)
                        .nonFinite())
                .isEqualTo(3);
        assertThat(TensorData.of(new long[] {-1, Long.MAX_VALUE}, 2).nonFinite())
                .isZero();
    }

    @Test
    void weightsThatAreNoNumbersAreRefusedByName() throws IOException {
        NamedTensors tensors = new NamedTensors()
                .put("right", TensorData.of(new float[] {1, 2}, 2))
                .put("head.weight", TensorData.of(new float[] {1, Float.NaN, 3, Float.NaN}, 2, 2));
        Path file = written(tensors);
        assertThatThrownBy(() -> Checkpoints.open(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessage(file
                        + ": head.weight: 2 of 4 values are NaN or infinite; its training went wrong or it was damaged:"
                        + " use an earlier one");
        tensors.put("head.bias", TensorData.of(new float[] {Float.POSITIVE_INFINITY}, 1));
        Path more = folder.resolve("more.safetensors");
        Safetensors.write(more, tensors);
        assertThatThrownBy(() -> Checkpoints.open(more))
                .hasMessageContaining("2 of 4 values are NaN or infinite, and some of 1 other tensors");
        Golden.assertSameBits(Checkpoints.read(more), tensors);
    }

    @Test
    void thePrefixOfDataParallelIsTakenOff() throws IOException {
        NamedTensors official = Golden.tensors("checkpoints/mim_tiny/weights_official_names.safetensors");
        NamedTensors parallel = new NamedTensors();
        official.tensors().forEach((name, tensor) -> parallel.put("module." + name, tensor));
        Path file = written(parallel);
        Golden.assertSameBits(Checkpoints.open(file), official);

        parallel.put("epoch", TensorData.of(new long[] {3}));
        Path mixed = folder.resolve("mixed.safetensors");
        Safetensors.write(mixed, parallel);
        assertThat(Checkpoints.open(mixed).tensors().keySet())
                .containsExactlyElementsOf(parallel.tensors().keySet());
    }

    /** A checkpoint in two files; the index is as given. */
    private Path sharded(String weightMap) throws IOException {
        Safetensors.write(
                folder.resolve("model-00001-of-00002.safetensors"),
                new NamedTensors()
                        .put("a", TensorData.of(new float[] {1, 2}, 2))
                        .describe("format", "pt"));
        Safetensors.write(
                folder.resolve("model-00002-of-00002.safetensors"),
                new NamedTensors()
                        .put("b", TensorData.of(new long[] {3}, 1))
                        .put("c", TensorData.of(new float[] {4}, 1)));
        return Files.writeString(
                folder.resolve("model.safetensors.index.json"),
                "{\"metadata\": {\"total_size\": 20}, \"weight_map\": %s}".formatted(weightMap));
    }

    @Test
    void aCheckpointInSeveralFilesIsRead() throws IOException {
        Path index = sharded("""
                {"c": "model-00002-of-00002.safetensors", "a": "model-00001-of-00002.safetensors",
                 "b": "model-00002-of-00002.safetensors"}""");
        NamedTensors read = Checkpoints.open(index);
        assertThat(read.tensors().keySet()).containsExactly("c", "a", "b");
        assertThat(read.get("a").toFloats()).containsExactly(1, 2);
        assertThat(read.get("b").toLongs()).containsExactly(3);
        assertThat(read.get("c").toFloats()).containsExactly(4);
        assertThat(read.metadata()).containsEntry("format", "pt");
    }

    static Stream<Arguments> brokenIndexes() {
        String two = "\"b\": \"model-00002-of-00002.safetensors\", \"c\": \"model-00002-of-00002.safetensors\"";
        return Stream.of(
                Arguments.of(
                        "{\"a\": \"model-00003-of-00002.safetensors\", " + two + "}",
                        "model-00003-of-00002.safetensors: no such file, but model.safetensors.index.json wants it for a"),
                Arguments.of(
                        "{\"a\": \"model-00002-of-00002.safetensors\", " + two + "}",
                        "model-00002-of-00002.safetensors: has no tensor a, which model.safetensors.index.json places"),
                Arguments.of(
                        "{\"b\": \"model-00002-of-00002.safetensors\"}",
                        "model-00002-of-00002.safetensors: holds a tensor c, which model.safetensors.index.json does not"),
                Arguments.of("{\"a\": \"../a.safetensors\"}", "../a.safetensors does not lie in the folder"),
                Arguments.of("{\"a\": \"x/../../a.safetensors\"}", "a.safetensors does not lie in the folder"),
                Arguments.of("{\"a\": \"/a.safetensors\"}", "/a.safetensors does not lie in the folder"),
                Arguments.of("{\"a\": \"a\\u0000\\n\"}", "a?? does not lie in the folder"),
                Arguments.of("{\"a\": \"\"}", "no such file"),
                Arguments.of(
                        "{\"a\\n\": \"b\\n\"}", "b?: no such file, but model.safetensors.index.json wants it for a?"),
                Arguments.of("{\"a\": \"a\", \"a\": \"b\"}", "it is no JSON"),
                Arguments.of("{\"a\": 1}", "its weight_map names no file for a"),
                Arguments.of("{}", "it has no weight_map that names files"),
                Arguments.of("[\"a\"]", "it has no weight_map that names files"),
                Arguments.of("", "it is no JSON"));
    }

    @ParameterizedTest
    @MethodSource("brokenIndexes")
    void aBrokenIndexGetsOneLine(String weightMap, String message) throws IOException {
        Path index = sharded(weightMap);
        assertThatThrownBy(() -> Checkpoints.open(index))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(folder.toString())
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }
}
