package beits.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.checkpoint.BeitDescription.Hints;
import beits.model.BeitConfig;
import beits.model.ImageClassifier.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WeightConversionTest {
    private static final Grid GRID = new Grid(4, 4);

    @TempDir
    Path folder;

    private static NamedTensors golden(String name) throws IOException {
        return Golden.tensors("checkpoints/" + name + ".safetensors");
    }

    private static NamedTensors official(NamedTensors tensors) throws IOException {
        return WeightConversion.toOfficial(tensors, "test").tensors();
    }

    @ParameterizedTest
    @CsvSource({
        "mim_tiny/weights_official_names,OFFICIAL",
        "mim_tiny/hf,HUGGING_FACE",
        "mim_tiny/hf_with_index_buffer,HUGGING_FACE",
        "cls_tiny/weights_official_names,OFFICIAL",
        "cls_tiny/timm,TIMM",
        "cls_tiny/hf,HUGGING_FACE"
    })
    void everyLayoutGivesTheOfficialWeights(String name, WeightLayout layout) throws IOException {
        WeightConversion.Official converted = WeightConversion.toOfficial(golden(name), name);
        assertThat(converted.layout()).isEqualTo(layout);
        Golden.assertSameBits(
                WeightConversion.to(WeightLayout.OFFICIAL, converted.tensors(), GRID),
                golden(name.substring(0, 8) + "/weights_official_names"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mim_tiny", "cls_tiny"})
    void huggingFaceNamesAreTheirs(String model) throws IOException {
        NamedTensors weights = official(golden(model + "/weights_official_names"));
        Golden.assertSameBits(WeightConversion.to(WeightLayout.HUGGING_FACE, weights, GRID), golden(model + "/hf"));
    }

    @Test
    void timmNamesAreTheirs() throws IOException {
        NamedTensors weights = official(golden("cls_tiny/weights_official_names"));
        Golden.assertSameBits(WeightConversion.to(WeightLayout.TIMM, weights, GRID), golden("cls_tiny/timm"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mim_tiny", "cls_tiny"})
    void aRoundTripThroughFilesIsIdenticalToTheLastBit(String model) throws IOException {
        NamedTensors start = Checkpoints.open(Golden.path("checkpoints/" + model + "/official_zip.pth"));
        NamedTensors plain = new NamedTensors();
        start.tensors().forEach(plain::put);
        Path first = folder.resolve("official.safetensors");
        Safetensors.write(first, plain);
        Path last = first;
        for (WeightLayout layout :
                List.of(WeightLayout.TIMM, WeightLayout.HUGGING_FACE, WeightLayout.TIMM, WeightLayout.OFFICIAL)) {
            NamedTensors read = Safetensors.read(last);
            last = folder.resolve(layout + "-" + last.getFileName());
            Safetensors.write(last, WeightConversion.to(layout, official(read), GRID));
        }
        assertThat(Files.mismatch(first, last)).isEqualTo(-1);
        Golden.assertSameBits(Safetensors.read(last), golden(model + "/weights_official_names"));
    }

    @Test
    void namesWithoutThePrefixOfTheHeadlessModelAreUnderstood() throws IOException {
        NamedTensors headless = new NamedTensors();
        golden("cls_tiny/hf").tensors().forEach((name, tensor) -> {
            if (name.startsWith("beit.")) {
                headless.put(name.substring("beit.".length()), tensor);
            }
        });
        NamedTensors expected = new NamedTensors();
        official(golden("cls_tiny/weights_official_names")).tensors().forEach((name, tensor) -> {
            if (!name.startsWith("head.")) {
                expected.put(name, tensor);
            }
        });
        Golden.assertSameBits(official(headless), expected);
    }

    @Test
    void aModelWithoutBiasGetsZerosAtHuggingFace() throws IOException {
        NamedTensors plain = new NamedTensors();
        official(golden("cls_tiny/timm")).tensors().forEach((name, tensor) -> {
            if (!name.endsWith("q_bias") && !name.endsWith("v_bias")) {
                plain.put(name, tensor);
            }
        });
        NamedTensors converted = WeightConversion.to(WeightLayout.HUGGING_FACE, plain, GRID);
        assertThat(converted.tensors().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        golden("cls_tiny/hf").tensors().keySet());
        assertThat(converted
                        .get("beit.encoder.layer.1.attention.attention.query.bias")
                        .toFloats())
                .containsOnly(0)
                .hasSize(16);
    }

    @Test
    void classTokenPoolingHasItsNormInsideTheEncoderAtHuggingFace() {
        assertThat(WeightNames.toHuggingFace("norm.weight", false)).isEqualTo("beit.layernorm.weight");
        assertThat(WeightNames.toHuggingFace("norm.weight", true)).isEqualTo("layernorm.weight");
        assertThat(WeightNames.toOfficial("beit.layernorm.bias")).isEqualTo("norm.bias");
        assertThat(WeightNames.toOfficial("layernorm.bias")).isEqualTo("norm.bias");
    }

    @Test
    void whatIsNoBeitIsSaid() {
        NamedTensors other = new NamedTensors().put("fc.weight", TensorData.of(new float[1], 1));
        assertThatThrownBy(() -> WeightConversion.toOfficial(other, "other.pth"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("other.pth: no BEiT weights")
                .hasMessageContaining("fc.weight");
    }

    @Test
    void aMissingKeyIsSaid() throws IOException {
        NamedTensors part = new NamedTensors();
        golden("cls_tiny/hf").tensors().forEach((name, tensor) -> {
            if (!name.endsWith("layer.1.attention.attention.key.weight")) {
                part.put(name, tensor);
            }
        });
        assertThatThrownBy(() -> WeightConversion.toOfficial(part, "part"))
                .hasMessageContaining("beit.encoder.layer.1.attention.attention.key.weight is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mim_tiny/hf", "mim_tiny/weights_official_names", "cls_tiny/hf", "cls_tiny/timm"})
    void theDescriptionFollowsFromTheTensors(String name) throws IOException {
        BeitDescription description = BeitDescription.infer(official(golden(name)), Hints.NONE, name);
        boolean mim = name.startsWith("mim");
        assertThat(description.network())
                .isEqualTo(new BeitConfig(32, 32, 8, 3, 16, 2, 2, 4, true, false, mim, !mim, 0.1, 0));
        assertThat(description.vocabulary()).isEqualTo(mim ? 20 : 0);
        assertThat(description.classes()).isEqualTo(mim ? 0 : 6);
        assertThat(description.pooling()).isEqualTo(mim ? null : Pooling.MEAN);
        assertThat(description.maskToken()).isEqualTo(mim);
    }

    @Test
    void hintsAreCheckedAgainstTheTensors() throws IOException {
        NamedTensors weights = official(golden("cls_tiny/timm"));
        assertThat(BeitDescription.infer(weights, new Hints(2, 32, 32), "x").grid())
                .isEqualTo(GRID);
        assertThatThrownBy(() -> BeitDescription.infer(weights, new Hints(4, 0, 0), "x"))
                .hasMessage("x: has 2 attention heads, not 4");
        assertThatThrownBy(() -> BeitDescription.infer(weights, new Hints(0, 32, 40), "x"))
                .hasMessageContaining("32 x 40");
    }

    @Test
    void namesOfClassesAreInTheOrderOfTheirNumbersWhateverIsLeftOut() throws IOException {
        Files.writeString(
                folder.resolve("config.json"), "{\"id2label\":{\"10\":\"k\",\"0\":\"a\",\"3\":\"d\",\"1\":\"b\"}}");
        assertThat(ModelConfigs.read(folder).classNames()).containsExactly("a", "b", "d", "k");
    }

    @Test
    void theConfigurationsHoldTheDescription() throws IOException {
        JsonMapper mapper = JsonMapper.builder().build();
        BeitDescription description = BeitDescription.infer(official(golden("cls_tiny/timm")), Hints.NONE, "x");
        JsonNode hf = mapper.readTree(
                ModelConfigs.huggingFace(description, List.of("a", "b", "c", "d", "e", "f"), TensorType.F32));
        assertThat(hf.get("architectures").get(0).stringValue()).isEqualTo("BeitForImageClassification");
        assertThat(hf.get("layer_norm_eps").asDouble()).isEqualTo(1e-6);
        assertThat(hf.get("intermediate_size").asInt()).isEqualTo(64);
        assertThat(hf.get("use_relative_position_bias").asBoolean()).isTrue();
        assertThat(hf.get("use_shared_relative_position_bias").asBoolean()).isFalse();
        assertThat(hf.get("id2label").get("5").stringValue()).isEqualTo("f");
        JsonNode timm = mapper.readTree(
                ModelConfigs.timm(description, List.of(), List.of(0.5f, 0.5f, 0.5f), List.of(0.5f, 0.5f, 0.5f)));
        assertThat(timm.get("num_classes").asInt()).isEqualTo(6);
        assertThat(timm.at("/pretrained_cfg/crop_pct").asDouble())
                .as("pictures of 32 pixels are not cropped")
                .isEqualTo(1);
        assertThat(timm.get("model_args").get("embed_dim").asInt()).isEqualTo(16);
        for (JsonNode json : List.of(hf, timm)) {
            Files.writeString(folder.resolve("config.json"), json.toString());
            assertThat(ModelConfigs.read(folder).hints()).isEqualTo(new Hints(2, 32, 32));
        }
        assertThat(ModelConfigs.read(folder).mean()).containsExactly(0.5f, 0.5f, 0.5f);
        Files.writeString(folder.resolve("config.json"), hf.toString());
        Files.writeString(
                folder.resolve("preprocessor_config.json"),
                ModelConfigs.imageProcessor(description.network(), List.of(0.25f), List.of(0.125f)));
        assertThat(ModelConfigs.read(folder))
                .isEqualTo(new ModelConfigs.Told(
                        new Hints(2, 32, 32),
                        List.of("a", "b", "c", "d", "e", "f"),
                        List.of(0.25f),
                        List.of(0.125f),
                        List.of(),
                        ModelConfigs.POOL_SCALES));
    }
}
