package beits.cli;

import static beits.cli.Ended.beits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.checkpoint.Checkpoints;
import beits.checkpoint.NamedTensors;
import beits.checkpoint.PyTorchFile;
import beits.checkpoint.Safetensors;
import beits.checkpoint.TensorData;
import beits.job.ModelCard;
import beits.job.ModelKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConvertCommandTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/checkpoints");

    @TempDir
    private Path folder;

    private static Ended convert(Object... arguments) {
        return beits("convert", List.of(arguments));
    }

    private static void assertSame(Path actual, Path expected) throws IOException {
        NamedTensors read = Checkpoints.open(actual);
        NamedTensors truth = Checkpoints.open(expected);
        assertThat(read.tensors().keySet())
                .containsExactlyInAnyOrderElementsOf(truth.tensors().keySet());
        truth.tensors()
                .forEach((name, tensor) ->
                        assertThat(read.get(name).sameBits(tensor)).as(name).isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mim_tiny", "cls_tiny"})
    void officialToOursToHuggingFaceToTimmToOfficialIsIdenticalToTheLastBit(String model) throws IOException {
        Path ours = folder.resolve("ours.safetensors");
        Path hf = folder.resolve("hf");
        Path timm = folder.resolve("timm");
        Path official = folder.resolve("official.safetensors");

        assertThat(convert(GOLDEN.resolve(model).resolve("official_zip.pth"), ours, "--to", "ours")
                        .code())
                .isZero();
        assertThat(convert(ours, hf, "--to", "hf").code()).isZero();
        assertThat(convert(hf, timm, "--to", "timm").code()).isZero();
        Ended last = convert(timm, official, "--to", "official");

        assertThat(last.code()).as(last.err()).isZero();
        assertSame(official, GOLDEN.resolve(model).resolve("weights_official_names.safetensors"));
        assertSame(hf.resolve("model.safetensors"), GOLDEN.resolve(model).resolve("hf.safetensors"));
        assertThat(hf.resolve("config.json")).content().contains("\"model_type\" : \"beit\"");
        assertThat(hf.resolve("preprocessor_config.json")).exists();
        assertThat(Checkpoints.open(hf.resolve("model.safetensors")).metadata()).containsEntry("format", "pt");
        if (model.equals("cls_tiny")) {
            assertSame(timm.resolve("model.safetensors"), GOLDEN.resolve("cls_tiny/timm.safetensors"));
        } else {
            assertThat(Checkpoints.open(timm.resolve("model.safetensors"))
                            .tensors()
                            .keySet())
                    .doesNotContain("mask_token", "lm_head.weight");
            assertThat(timm.resolve("token_head.safetensors")).exists();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mim_tiny", "cls_tiny"})
    void filesForPyTorchHoldTheSame(String model) throws IOException {
        Path start = GOLDEN.resolve(model).resolve("official_legacy.pth");
        Path official = folder.resolve("official.pth");
        Path hf = folder.resolve("hf/pytorch_model.bin");
        Path timm = folder.resolve("timm/timm.pt");

        assertThat(convert(start, official, "--to", "official").out()).contains("wrote " + official);
        assertThat(convert(official, hf, "--to", "hf").code()).isZero();
        Ended last = convert(folder.resolve("hf"), timm, "--to", "timm");

        assertThat(last.code()).as(last.err()).isZero();
        assertSame(official, GOLDEN.resolve(model).resolve("weights_official_names.safetensors"));
        assertSame(hf, GOLDEN.resolve(model).resolve("hf.safetensors"));
        assertThat(PyTorchFile.read(official).model("model").tensors()).isNotEmpty();
        assertThatThrownBy(() -> PyTorchFile.read(hf).model("model")).hasMessageContaining("has no model");
        assertThatThrownBy(() -> PyTorchFile.read(timm).model("model")).hasMessageContaining("has no model");
        assertThat(hf.resolveSibling("config.json")).exists();
        assertThat(timm.resolveSibling("config.json")).exists();
        if (model.equals("cls_tiny")) {
            assertSame(timm, GOLDEN.resolve("cls_tiny/timm.safetensors"));
        }
    }

    @Test
    void aFolderOfSeveralFilesIsReadAsOneModel() throws IOException {
        Path hf = Files.createDirectory(folder.resolve("hf"));
        List<NamedTensors> shards = List.of(new NamedTensors(), new NamedTensors());
        StringJoiner places = new StringJoiner(", ", "{\"weight_map\": {", "}}");
        Checkpoints.open(GOLDEN.resolve("cls_tiny/hf.safetensors")).tensors().forEach((name, tensor) -> {
            int shard = name.contains("layer.1.") ? 1 : 0;
            shards.get(shard).put(name, tensor);
            places.add("\"%s\": \"model-0000%d-of-00002.safetensors\"".formatted(name, shard + 1));
        });
        for (int i = 0; i < 2; i++) {
            Safetensors.write(hf.resolve("model-0000%d-of-00002.safetensors".formatted(i + 1)), shards.get(i));
        }
        Files.writeString(hf.resolve("model.safetensors.index.json"), places.toString());
        Path official = folder.resolve("official.safetensors");
        Ended ended = convert(hf, official, "--to", "official");
        assertThat(ended.code()).as(ended.err()).isZero();
        assertSame(official, GOLDEN.resolve("cls_tiny/weights_official_names.safetensors"));

        Files.delete(hf.resolve("model-00002-of-00002.safetensors"));
        Ended missing = convert(hf, folder.resolve("again.safetensors"), "--to", "official");
        assertThat(missing.code()).isEqualTo(Main.USER_MISTAKE);
        assertThat(missing.err())
                .hasLineCount(1)
                .startsWith("beits: " + hf.resolve("model-00002-of-00002.safetensors") + ": no such file");
    }

    @Test
    void theReportStandsOnStandardOutput() {
        Ended ended = convert(GOLDEN.resolve("cls_tiny/hf.safetensors"), folder.resolve("x"), "--to", "official");
        assertThat(ended.out())
                .contains("hf.safetensors: Hugging Face layout")
                .contains("renamed")
                .contains("blocks.*.attn.qkv.weight x2: was beit.encoder.layer.*.attention.attention.{query,key,value}")
                .contains("wrote " + folder.resolve("x/model.safetensors"));
        assertThat(ended.err()).isEmpty();
    }

    @Test
    void ourOwnFormatDescribesItsModel() throws IOException {
        Path ours = folder.resolve("ours.safetensors");
        convert(GOLDEN.resolve("cls_tiny/official_legacy.pth"), ours, "--to", "ours");
        NamedTensors read = Checkpoints.open(ours);
        ModelCard card = ModelCard.of(read, "ours").require(ModelKind.CLASSIFIER, "ours");
        assertThat(card.classNames()).hasSize(6).startsWith("class 0");
        assertThat(read.metadata()).containsKey("beits.version");
    }

    @Test
    void classesWithoutNamesStayWithoutNames() throws IOException {
        Path hf = folder.resolve("hf");
        convert(GOLDEN.resolve("cls_tiny/official_legacy.pth"), hf, "--to", "hf");
        assertThat(hf.resolve("config.json")).content().contains("LABEL_5");
        Path ours = folder.resolve("ours.safetensors");
        convert(hf, ours, "--to", "ours");
        assertThat(ModelCard.of(Checkpoints.open(ours), "ours").classNames())
                .hasSize(6)
                .startsWith("class 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"48", "32x56"})
    void positionsAreResized(String size) throws IOException {
        Path out = folder.resolve("out");
        Ended ended = convert(GOLDEN.resolve("mim_tiny/official_zip.pth"), out, "--to", "hf", "--input-size", size);
        assertThat(ended.code()).as(ended.err()).isZero();
        boolean square = size.equals("48");
        assertThat(ended.out()).contains("4x4 -> " + (square ? "6x6" : "4x7") + ", geometric");
        assertThat(Checkpoints.open(out.resolve("model.safetensors"))
                        .get("beit.encoder.relative_position_bias.relative_position_bias_table")
                        .shape())
                .containsExactly(square ? 124L : 94L, 2L);
        Path back = folder.resolve("back.safetensors");
        Ended again = convert(out, back, "--to", "official", "--input-size", "32");
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(again.out()).contains("-> 4x4, geometric");
    }

    @Test
    void whatNoRuleExplainsStopsAndIsListed() throws IOException {
        NamedTensors broken = new NamedTensors().put("extra", TensorData.of(new float[2], 2));
        Checkpoints.open(GOLDEN.resolve("cls_tiny/timm.safetensors")).tensors().forEach((name, tensor) -> {
            if (!name.equals("blocks.1.norm2.bias")) {
                broken.put(name, tensor);
            }
        });
        Path file = folder.resolve("broken.safetensors");
        Safetensors.write(file, broken);
        Path out = folder.resolve("out.safetensors");
        Ended refused = convert(file, out, "--to", "ours");
        assertThat(refused.code()).isEqualTo(Main.USER_MISTAKE);
        assertThat(refused.err())
                .contains("extra [2] is not in the model, nearest is ")
                .contains("blocks.1.norm2.bias [16] is missing from the file")
                .hasLineCount(1);
        assertThat(out).doesNotExist();
    }

    @Test
    void aMissingTensorMayBeAllowed() throws IOException {
        NamedTensors part = new NamedTensors();
        Checkpoints.open(GOLDEN.resolve("mim_tiny/hf.safetensors")).tensors().forEach((name, tensor) -> {
            if (!name.endsWith("mask_token")) {
                part.put(name, tensor);
            }
        });
        Path file = folder.resolve("part.safetensors");
        Safetensors.write(file, part);
        Path out = folder.resolve("out.safetensors");
        assertThat(convert(file, out, "--to", "official").err()).contains("mask_token [1, 1, 16] is missing");
        Ended ended = convert(file, out, "--to", "official", "--allow-missing", "mask_token");
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("new").contains("mask_token");
    }

    @Test
    void weightsThatAreNoNumbersPassWithAWarning() throws IOException {
        NamedTensors broken = new NamedTensors();
        Checkpoints.open(GOLDEN.resolve("cls_tiny/timm.safetensors"))
                .tensors()
                .forEach((name, tensor) -> broken.put(
                        name,
                        name.equals("head.bias") ? TensorData.of(new float[] {0, 0, Float.NaN, 0, 0, 0}, 6) : tensor));
        Path file = folder.resolve("broken.safetensors");
        Safetensors.write(file, broken);
        Ended ended = convert(file, folder.resolve("out.safetensors"), "--to", "ours");
        assertThat(ended.code()).isZero();
        assertThat(ended.err())
                .hasLineCount(1)
                .contains(file + ": head.bias: 1 of 6 values are NaN or infinite; passed through");
        assertThat(Checkpoints.read(folder.resolve("out.safetensors"))
                        .get("head.bias")
                        .nonFinite())
                .isEqualTo(1);
    }

    @Test
    void thePrefixOfDataParallelIsReported() throws IOException {
        NamedTensors parallel = new NamedTensors();
        Checkpoints.open(GOLDEN.resolve("mim_tiny/official_zip.pth"))
                .tensors()
                .forEach((name, tensor) -> parallel.put("module." + name, tensor));
        Path file = folder.resolve("parallel.safetensors");
        Safetensors.write(file, parallel);
        Path out = folder.resolve("out.safetensors");
        Ended ended = convert(file, out, "--to", "official");
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("official layout with module. taken off every name, 40 tensors");
        assertSame(out, GOLDEN.resolve("mim_tiny/official_zip.pth"));
    }

    @Test
    void whatAModelWithoutPositionsDoesNotTellCanBeGiven() throws IOException {
        NamedTensors part = new NamedTensors();
        Checkpoints.open(GOLDEN.resolve("mim_tiny/official_zip.pth")).tensors().forEach((name, tensor) -> {
            if (!name.contains("rel")) {
                part.put(name, tensor);
            }
        });
        Path file = folder.resolve("part.safetensors");
        Safetensors.write(file, part);
        Path out = folder.resolve("out.safetensors");
        assertThat(convert(file, out, "--to", "ours").err()).contains("beits convert takes --input-size");
        assertThat(convert(file, out, "--to", "ours", "--input-size", "32").err())
                .contains("beits convert takes --heads");
        Ended ended = convert(file, out, "--to", "ours", "--input-size", "32", "--heads", "2");
        assertThat(ended.code()).as(ended.err()).isZero();
    }

    @Test
    void mistakesGetOneLine() {
        Path file = GOLDEN.resolve("cls_tiny/timm.safetensors");
        Path out = folder.resolve("out.safetensors");
        for (List<Object> arguments : List.<List<Object>>of(
                List.of(file, out, "--to", "keras"),
                List.of(file, out, "--to", "ours", "--input-size", "33"),
                List.of(file, out, "--to", "ours", "--input-size", "8x"),
                List.of(folder.resolve("absent.pth"), out, "--to", "ours"),
                List.of(GOLDEN.resolve("malicious/os_system_zip.pth"), out, "--to", "ours"),
                List.of(GOLDEN.resolve("unusual/unusual_zip.pth"), out, "--to", "ours"),
                List.of(file, folder.resolve("x.pth"), "--to", "ours"),
                List.of(file, folder.resolve("x.onnx"), "--to", "official"),
                List.of(file, folder.resolve("pytorch_model.BIN"), "--to", "hf"),
                List.of(file, GOLDEN.resolve("cls_tiny/hf.safetensors"), "--to", "ours"))) {
            Ended ended = convert(arguments.toArray());
            assertThat(ended.code()).as("%s", arguments).isEqualTo(Main.USER_MISTAKE);
            assertThat(ended.err()).as("%s", arguments).hasLineCount(1).startsWith("beits: ");
            assertThat(ended.out()).isEmpty();
        }
        assertThat(folder).isEmptyDirectory();
    }
}
