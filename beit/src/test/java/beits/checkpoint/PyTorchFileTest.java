package beits.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.checkpoint.Pickled.Mapping;
import beits.checkpoint.Pickled.Storage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class PyTorchFileTest {
    private static final String MALICIOUS = "checkpoints/malicious";

    /** Harmless objects that need not be refused, but hold no tensors: refusing all of them is stricter. */
    private static final String CONTROL = "control_good_tensor.pth";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"mim_tiny/official_zip.pth", "mim_tiny/official_legacy.pth"})
    void officialMimCheckpointsGiveTheirWeights(String name) throws IOException {
        Golden.assertSameBits(
                Checkpoints.open(Golden.path("checkpoints/" + name)),
                Golden.tensors("checkpoints/mim_tiny/weights_official_names.safetensors"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"cls_tiny/official_zip.pth", "cls_tiny/official_legacy.pth", "cls_tiny/bare_state_dict_zip.pth"})
    void officialClassifiersGiveTheirWeights(String name) throws IOException {
        Golden.assertSameBits(
                Checkpoints.open(Golden.path("checkpoints/" + name)),
                Golden.tensors("checkpoints/cls_tiny/weights_official_names.safetensors"));
    }

    @Test
    void theModuleKeyAndHalfPrecisionAreUnderstood() throws IOException {
        NamedTensors half = Checkpoints.open(Golden.path("checkpoints/mim_tiny/official_zip_module_key_half.pth"));
        NamedTensors exact = Golden.tensors("checkpoints/mim_tiny/weights_official_names.safetensors");
        assertThat(half.tensors().keySet()).isEqualTo(exact.tensors().keySet());
        exact.tensors().forEach((name, tensor) -> {
            float[] expected = tensor.toFloats();
            for (int i = 0; i < expected.length; i++) {
                if (tensor.type() == TensorType.F32) {
                    expected[i] = Float.float16ToFloat(Float.floatToFloat16(expected[i]));
                }
            }
            assertThat(half.get(name).toFloats()).as(name).isEqualTo(expected);
        });
        assertThat(half.get("norm.weight").type()).isEqualTo(TensorType.F16);
    }

    @Test
    void aTrainingCheckpointGivesModelOptimiserAndSettings() throws IOException {
        PyTorchFile file = PyTorchFile.read(Golden.path("checkpoints/mim_tiny/training_checkpoint_zip.pth"));
        NamedTensors expected = Golden.tensors("checkpoints/mim_tiny/training_checkpoint_expected.safetensors");
        Golden.assertSameBits(file.model(), Golden.under("model/", expected));
        NamedTensors optimiser = Golden.under("optimizer/state/", file.everyTensor());
        NamedTensors expectedOptimiser = Golden.under("optimizer/", expected);
        Golden.assertSameBits(optimiser, expectedOptimiser);
        assertThat(file.model().metadata())
                .containsEntry("pth.epoch", "2")
                .containsEntry("pth.args.lr", "5.0E-4")
                .containsEntry("pth.args.opt", "adamw")
                .containsEntry("pth.args.opt_betas", "0.9, 0.999")
                .containsEntry("pth.args.output_dir", "none");
        assertThatThrownBy(() -> file.model("model_ema")).hasMessageContaining("model, optimizer, epoch");
    }

    @ParameterizedTest
    @ValueSource(strings = {"unusual_zip.pth", "unusual_legacy.pth", "unusual_zip_protocol4.pth"})
    void unusualTensorsAreMadeContiguous(String name) throws IOException {
        PyTorchFile file = PyTorchFile.read(Golden.path("checkpoints/unusual/" + name));
        NamedTensors expected = Golden.tensors("checkpoints/unusual/expected.safetensors");
        NamedTensors read = file.model();
        assertThat(read.tensors().keySet()).isEqualTo(expected.tensors().keySet());
        expected.tensors().forEach((key, tensor) -> {
            assertThat(read.get(key).shape()).as(key).isEqualTo(tensor.shape());
            assertThat(read.get(key).toFloats()).as(key).isEqualTo(tensor.toFloats());
            assertThat(read.get(key).toLongs()).as(key).isEqualTo(tensor.toLongs());
        });
        assertThat(read.get("float64").toDoubles())
                .containsExactly(-1.5434024156297148, -0.3800839124873848, -0.24860604283510504, -0.969068021873147);
        assertThat(read.metadata())
                .containsEntry("pth.epoch", "7")
                .containsEntry("pth.none", "none")
                .containsEntry("pth.tuple", "1, -2, 300, 70000, 1099511627776, -1180591620717411303424")
                .containsEntry("pth.float", "0.1")
                .containsEntry("pth.text", "héllo 世界 \uD83D\uDE00")
                .containsEntry("pth.bytes", "2 bytes")
                .containsEntry("pth.set", "1, 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"encoder_zip.pkl", "encoder_legacy.pkl", "decoder_zip.pkl", "decoder_legacy.pkl"})
    void pickledModulesGiveTheirStateDict(String name) throws IOException {
        String half = name.substring(0, 7);
        Golden.assertSameBits(
                Checkpoints.open(Golden.path("checkpoints/dalle_tiny/" + name)),
                Golden.under("param/" + half + ".", Golden.tensors("checkpoints/dalle_tiny/inputs.safetensors")));
    }

    static Stream<String> malicious() throws IOException {
        return Golden.json(MALICIOUS + "/case.json").get("scalars").get("files").propertyNames().stream();
    }

    @ParameterizedTest
    @MethodSource
    void malicious(String name) throws IOException {
        Path file = Golden.path(MALICIOUS + "/" + name);
        Path marker = Path.of(Golden.json(MALICIOUS + "/case.json")
                .get("scalars")
                .get("marker_file")
                .stringValue());
        if (name.equals(CONTROL)) {
            assertThat(Checkpoints.open(file).get("w").toFloats()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        } else {
            assertThatThrownBy(() -> Checkpoints.open(file))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageStartingWith(file.toString())
                    .hasMessageNotContaining("\n");
        }
        assertThat(marker).doesNotExist();
    }

    static Stream<Map.Entry<String, String>> wanted() {
        return Map.of(
                "os_system_zip.pth", "os.system",
                "os_system_legacy.pth", "posix.system",
                "os_system_bare.pkl", "system",
                "stack_global_eval.pth", "builtins.eval",
                "inst_opcode.pth", "os.system",
                "obj_newobj.pth", "subprocess.Popen",
                "allowed_name_wrong_module.pth", "evil.OrderedDict",
                "dotted_name_traversal.pth", "torch._utils.sys.modules.keys",
                "build_state_with_os_system.pth", "os.system",
                "unknown_storage_type.pth", "torch.EvilStorage")
                .entrySet()
                .stream();
    }

    @ParameterizedTest
    @MethodSource
    void wanted(Map.Entry<String, String> file) {
        assertThatThrownBy(() -> Checkpoints.open(Golden.path(MALICIOUS + "/" + file.getKey())))
                .hasMessageContaining("refused: the pickle wants ")
                .hasMessageContaining(file.getValue());
    }

    @Test
    void tensorsOfAStoredArchiveArePartsOfTheFile() throws IOException {
        MemorySegment whole =
                MemorySegment.ofArray(Files.readAllBytes(Golden.path("checkpoints/mim_tiny/official_zip.pth")));
        PyTorchFile.read(whole, "zip")
                .model()
                .tensors()
                .forEach((name, tensor) -> assertThat(tensor.data().asOverlappingSlice(whole))
                        .as(name)
                        .isPresent());
    }

    private static NamedTensors everyType() {
        NamedTensors tensors = new NamedTensors().put("größe", TensorData.of(new float[] {0.5f}));
        for (TensorType type : TensorType.values()) {
            byte[] bytes = new byte[6 * type.bytes()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (type == TensorType.BOOL ? i % 2 : i);
            }
            tensors.put("a." + type, new TensorData(type, List.of(2L, 1L, 3L), MemorySegment.ofArray(bytes)))
                    .put("none." + type, new TensorData(type, List.of(0L, 3L), MemorySegment.ofArray(new byte[0])));
        }
        return tensors;
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"model", "state_dict"})
    void whatIsWrittenIsRead(@Nullable String key) throws IOException {
        NamedTensors tensors = everyType();
        Path file = folder.resolve("a.pth");
        PyTorchFile.write(file, tensors, key);
        PyTorchFile read = PyTorchFile.read(file);
        Golden.assertSameBits(read.model(), tensors);
        assertThat(read.model().tensors().keySet())
                .containsExactlyElementsOf(tensors.tensors().keySet());
        assertThat(((Mapping) read.content()).get("model") != null).isEqualTo("model".equals(key));
        byte[] bytes = Files.readAllBytes(file);
        PyTorchFile.write(file, tensors, key);
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }

    @Test
    void whatIsWrittenIsStoredAndAligned() throws IOException {
        Path file = folder.resolve("a.pth");
        PyTorchFile.write(file, everyType(), "model");
        MemorySegment whole = Safetensors.map(file);
        PyTorchFile.read(whole, "a.pth").model().tensors().forEach((name, tensor) -> {
            if (tensor.size() > 0) {
                assertThat((tensor.data().address() - whole.address()) % 64)
                        .as(name)
                        .isZero();
                assertThat(tensor.data().asOverlappingSlice(whole)).as(name).isPresent();
            }
        });
    }

    @Test
    void numbersBeyond32BitsAreWritten() throws IOException {
        long size = 1L << 31;
        Path file = folder.resolve("sparse");
        try (FileChannel channel = FileChannel.open(
                        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE);
                Arena arena = Arena.ofConfined()) {
            channel.write(ByteBuffer.wrap(new byte[1]), size - 1);
            try (FileChannel in = FileChannel.open(file)) {
                TensorData large = new TensorData(
                        TensorType.U8, List.of(size), in.map(FileChannel.MapMode.READ_ONLY, 0, size, arena));
                byte[] pickle = PickleWriter.stateDict(new NamedTensors().put("large", large), null);
                PickleObjects objects = new PickleObjects("large");
                new PickleReader("large", MemorySegment.ofArray(pickle), objects).read();
                assertThat(objects.storages().values()).containsExactly(new Storage(TensorType.U8, "0", size));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mim_tiny/official_zip.pth", "mim_tiny/official_legacy.pth", "dalle_tiny/encoder_zip.pkl"})
    void everyTruncationIsSeen(String name) throws IOException {
        byte[] whole = Files.readAllBytes(Golden.path("checkpoints/" + name));
        for (int length = 0; length < whole.length; length += 97) {
            MemorySegment cut = MemorySegment.ofArray(whole).asSlice(0, length);
            assertThatThrownBy(() -> PyTorchFile.read(cut, "cut").model())
                    .as("%s of %s bytes", length, whole.length)
                    .isInstanceOf(CheckpointException.class);
        }
    }

    @Test
    void aMissingFileIsNamed() {
        for (String name : List.of("nowhere.pth", "nowhere.safetensors")) {
            assertThatThrownBy(() -> Checkpoints.open(Path.of(name)))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessage(name + ": no such file");
        }
    }
}
