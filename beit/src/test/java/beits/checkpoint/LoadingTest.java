package beits.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.checkpoint.LoadReport.Line;
import beits.checkpoint.LoadReport.Outcome;
import beits.checkpoint.Loading.Loaded;
import beits.checkpoint.Loading.Purpose;
import beits.checkpoint.Loading.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LoadingTest {
    private static final String TRANSFER = "posembed/transfer_mim_to_cls_32_to_48/";

    private static Map<String, List<Long>> shapes(NamedTensors tensors) {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        tensors.tensors().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return shapes;
    }

    private static NamedTensors pretrained() throws IOException {
        return Golden.under("ckpt/", Golden.tensors(TRANSFER + "inputs.safetensors"));
    }

    private static NamedTensors fresh() throws IOException {
        return Golden.under("param/", Golden.tensors(TRANSFER + "inputs.safetensors"));
    }

    private static Request fineTuning() throws IOException {
        return Request.of(shapes(fresh()), new Grid(6, 6), Purpose.FINE_TUNING);
    }

    private static List<String> names(LoadReport report, Outcome outcome) {
        return report.of(outcome).stream().map(Line::name).toList();
    }

    private static NamedTensors without(NamedTensors tensors, String name) {
        NamedTensors part = new NamedTensors();
        tensors.tensors().forEach((key, tensor) -> {
            if (!key.equals(name)) {
                part.put(key, tensor);
            }
        });
        return part;
    }

    @Test
    void aPretrainedModelBecomesAClassifierAsTheOfficialCodeMakesIt() throws IOException {
        Loaded loaded = Loading.load(pretrained(), "pretrained.pth", fineTuning());
        NamedTensors expected = Golden.under("loaded/", Golden.tensors(TRANSFER + "expected.safetensors"));
        NamedTensors start = fresh();
        expected.tensors().forEach((name, tensor) -> {
            double[] actual = (loaded.tensors().has(name) ? loaded.tensors() : start)
                    .get(name)
                    .toDoubles();
            double[] wanted = tensor.toDoubles();
            for (int i = 0; i < wanted.length; i++) {
                assertThat(Math.abs(actual[i] - wanted[i])).as(name).isLessThanOrEqualTo(2e-6);
            }
        });
        LoadReport report = loaded.report();
        assertThat(names(report, Outcome.NEW))
                .containsExactlyInAnyOrder("fc_norm.weight", "fc_norm.bias", "head.weight", "head.bias");
        assertThat(names(report, Outcome.DROPPED))
                .containsExactlyInAnyOrder("mask_token", "lm_head.weight", "lm_head.bias", "norm.weight", "norm.bias");
        assertThat(names(report, Outcome.CONVERTED))
                .containsExactly(
                        "blocks.0.attn.relative_position_bias_table", "blocks.1.attn.relative_position_bias_table");
        assertThat(names(report, Outcome.RESIZED)).isEqualTo(names(report, Outcome.CONVERTED));
        assertThat(report.of(Outcome.LOADED)).hasSize(33);
        assertThat(report.toString())
                .startsWith("pretrained.pth: timm layout, 39 tensors\n  loaded      33\n")
                .contains("blocks.*.attn.relative_position_bias_table x2: 4x4 -> 6x6, geometric");
    }

    @Test
    void aSharedTableReplacesThoseOfTheBlocksAsInTheOfficialCode() throws IOException {
        String table = "blocks.0.attn.relative_position_bias_table";
        TensorData shared = pretrained().get("rel_pos_bias.relative_position_bias_table");
        int[] shape = shared.shape().stream().mapToInt(Math::toIntExact).toArray();
        NamedTensors both = pretrained().put(table, TensorData.of(new float[shape[0] * shape[1]], shape));
        Loaded loaded = Loading.load(both, "both.pth", fineTuning());
        assertThat(loaded.tensors().get(table).toDoubles())
                .isEqualTo(Loading.load(pretrained(), "pretrained.pth", fineTuning())
                        .tensors()
                        .get(table)
                        .toDoubles());
        assertThat(names(loaded.report(), Outcome.DROPPED)).contains(table);
    }

    @Test
    void everyTensorOfFileAndModelIsOnTheReport() throws IOException {
        NamedTensors file = Golden.tensors("checkpoints/mim_tiny/hf_with_index_buffer.safetensors");
        NamedTensors model = WeightConversion.toOfficial(
                        Golden.tensors("checkpoints/mim_tiny/weights_official_names.safetensors"), "x")
                .tensors();
        Loaded loaded =
                Loading.load(file, "hf.safetensors", Request.of(shapes(model), new Grid(4, 4), Purpose.SAME_MODEL));
        Golden.assertSameBits(loaded.tensors(), model);
        List<String> placed = new ArrayList<>(names(loaded.report(), Outcome.LOADED));
        placed.addAll(names(loaded.report(), Outcome.RENAMED));
        assertThat(placed).containsExactlyInAnyOrderElementsOf(model.tensors().keySet());
        assertThat(names(loaded.report(), Outcome.DROPPED))
                .containsExactly("beit.encoder.relative_position_bias.relative_position_index");
        assertThat(loaded.report().toString())
                .contains(
                        "blocks.*.attn.qkv.weight x2: was beit.encoder.layer.*.attention.attention.{query,key,value}.weight");
    }

    @Test
    void whateverNoRuleExplainsStopsTheLoadWithAllOfItListed() throws IOException {
        NamedTensors strange = without(pretrained(), "blocks.1.mlp.fc1.bias")
                .put("blocks.1.mlp.fc1.bais", TensorData.of(new float[64], 64))
                .put("extra", TensorData.of(new float[2], 2));
        assertThatThrownBy(() -> Loading.load(strange, "strange.pth", fineTuning()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith("strange.pth: 3 tensors do not fit the model: ")
                .hasMessageContaining(
                        "blocks.1.mlp.fc1.bais [64] is not in the model, nearest is blocks.1.mlp.fc1.bias")
                .hasMessageContaining("extra [2] is not in the model")
                .hasMessageContaining(
                        "blocks.1.mlp.fc1.bias [64] is missing from the file, nearest is blocks.1.mlp.fc1.bais")
                .hasMessageNotContaining("\n");
    }

    @Test
    void shapesAndTypesThatDoNotFitStopTheLoad() throws IOException {
        NamedTensors wrong = without(without(pretrained(), "cls_token"), "patch_embed.proj.bias")
                .put("cls_token", TensorData.of(new float[17], 1, 1, 17))
                .put("patch_embed.proj.bias", TensorData.of(new long[16], 16));
        assertThatThrownBy(() -> Loading.load(wrong, "wrong.pth", fineTuning()))
                .hasMessageContaining("cls_token [1, 1, 17] should be [1, 1, 16]")
                .hasMessageContaining("patch_embed.proj.bias [16] holds I64 where floats are needed")
                .hasMessageContaining("2 tensors do not fit");
    }

    @Test
    void aMissingTensorMayBeAllowedByName() throws IOException {
        NamedTensors model = pretrained();
        NamedTensors part = without(model, "mask_token");
        assertThatThrownBy(
                        () -> Loading.load(part, "part", Request.of(shapes(model), new Grid(4, 4), Purpose.SAME_MODEL)))
                .hasMessageContaining("mask_token [1, 1, 16] is missing from the file");
        LoadReport report = Loading.load(
                        part,
                        "part",
                        new Request(shapes(model), "", new Grid(4, 4), null, Purpose.SAME_MODEL, Set.of("mask_token")))
                .report();
        assertThat(names(report, Outcome.NEW)).containsExactly("mask_token");
    }

    @Test
    void theTokenHeadIsNotDroppedWhereTheSameModelIsWanted() throws IOException {
        assertThatThrownBy(() -> Loading.load(
                        pretrained(), "x", Request.of(shapes(fresh()), new Grid(6, 6), Purpose.SAME_MODEL)))
                .hasMessageContaining("lm_head.weight [11, 16] is not in the model");
    }

    @Test
    void aHeadOfOtherClassesStartsFreshAndOneOfTheSameIsTaken() throws IOException {
        NamedTensors classifier = Golden.tensors("checkpoints/cls_tiny/hf.safetensors");
        Map<String, List<Long>> wanted =
                shapes(WeightConversion.toOfficial(classifier, "x").tensors());
        assertThat(Loading.load(classifier, "x", Request.of(wanted, new Grid(4, 4), Purpose.FINE_TUNING))
                        .report()
                        .of(Outcome.NEW))
                .isEmpty();
        wanted.put("head.weight", List.of(3L, 16L));
        wanted.put("head.bias", List.of(3L));
        LoadReport report = Loading.load(classifier, "x", Request.of(wanted, new Grid(4, 4), Purpose.FINE_TUNING))
                .report();
        assertThat(names(report, Outcome.DROPPED)).containsExactly("head.weight", "head.bias");
        assertThat(names(report, Outcome.NEW)).containsExactly("head.weight", "head.bias");
    }

    @Test
    void anEncoderGoesUnderThePrefixOfASegmenter() throws IOException {
        Map<String, List<Long>> wanted = new LinkedHashMap<>();
        fresh().tensors().forEach((name, tensor) -> {
            if (!name.startsWith("head.") && !name.startsWith("fc_norm.")) {
                wanted.put("backbone." + name, tensor.shape());
            }
        });
        wanted.put("backbone.fpn1.0.weight", List.of(16L, 16L, 2L, 2L));
        wanted.put("decode_head.conv_seg.weight", List.of(5L, 16L, 1L, 1L));
        Loaded loaded = Loading.load(
                pretrained(),
                "x",
                new Request(wanted, "backbone.", new Grid(6, 6), null, Purpose.FINE_TUNING, Set.of()));
        assertThat(names(loaded.report(), Outcome.NEW))
                .containsExactly("backbone.fpn1.0.weight", "decode_head.conv_seg.weight");
        assertThat(loaded.tensors()
                        .get("backbone.blocks.1.attn.relative_position_bias_table")
                        .shape())
                .containsExactly(124L, 2L);
    }

    @Test
    void absolutePositionsAreResized() throws IOException {
        NamedTensors withPositions = pretrained();
        withPositions.put("pos_embed", TensorData.of(new float[17 * 16], 1, 17, 16));
        Map<String, List<Long>> wanted = shapes(fresh());
        wanted.put("pos_embed", List.of(1L, 37L, 16L));
        LoadReport report = Loading.load(withPositions, "x", Request.of(wanted, new Grid(6, 6), Purpose.FINE_TUNING))
                .report();
        assertThat(report.of(Outcome.RESIZED)).anySatisfy(line -> {
            assertThat(line.name()).isEqualTo("pos_embed");
            assertThat(line.note()).isEqualTo("4x4 -> 6x6, bicubic");
        });
    }
}
