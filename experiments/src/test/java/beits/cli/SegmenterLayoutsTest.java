package beits.cli;

import static beits.cli.Ended.beits;
import static org.assertj.core.api.Assertions.assertThat;

import beits.checkpoint.Checkpoints;
import beits.checkpoint.NamedTensors;
import beits.checkpoint.Safetensors;
import beits.checkpoint.TensorData;
import beits.image.Image;
import beits.image.PngWriter;
import beits.job.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Segmentation models in the layouts of transformers' {@code BeitForSemanticSegmentation} and mmseg. */
class SegmenterLayoutsTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> CLASSES = List.of("ground", "shirt", "bag");
    private static final List<Integer> ALL = List.of(0, 1, 2, 3);

    @TempDir
    private Path folder;

    private Path ours() throws IOException {
        return TinyModel.segmenter(folder.resolve("ours.safetensors"), 4, ALL, TinyModel.WIDTH, CLASSES);
    }

    private Path huggingFace() throws IOException {
        Path hf = folder.resolve("hf");
        Ended ended = beits("convert", ours(), hf, "--to", "hf");
        assertThat(ended.code()).as(ended.err()).isZero();
        return hf;
    }

    private Path picture() throws IOException {
        byte[] pixels = new byte[64 * 64];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 31 + i / 64 * (i % 64));
        }
        Path file = folder.resolve("picture.png");
        PngWriter.write(new Image(64, 64, 1, pixels), file);
        return file;
    }

    private static void assertSame(NamedTensors read, NamedTensors truth) {
        assertThat(read.tensors().keySet())
                .containsExactlyInAnyOrderElementsOf(truth.tensors().keySet());
        truth.tensors()
                .forEach((name, tensor) ->
                        assertThat(read.get(name).sameBits(tensor)).as(name).isTrue());
    }

    /** As {@code modeling_beit.py} names the parameters and buffers of this model, with a fifth block for the fourth's output. */
    private static List<String> namesOfTransformers() {
        List<String> names = new ArrayList<>(List.of(
                "beit.embeddings.cls_token",
                "beit.embeddings.patch_embeddings.projection.weight",
                "beit.embeddings.patch_embeddings.projection.bias"));
        for (int block = 0; block < 5; block++) {
            for (String name : List.of(
                    "lambda_1",
                    "lambda_2",
                    "attention.attention.query.weight",
                    "attention.attention.query.bias",
                    "attention.attention.key.weight",
                    "attention.attention.value.weight",
                    "attention.attention.value.bias",
                    "attention.attention.relative_position_bias.relative_position_bias_table",
                    "attention.output.dense.weight",
                    "attention.output.dense.bias",
                    "intermediate.dense.weight",
                    "intermediate.dense.bias",
                    "output.dense.weight",
                    "output.dense.bias",
                    "layernorm_before.weight",
                    "layernorm_before.bias",
                    "layernorm_after.weight",
                    "layernorm_after.bias")) {
                names.add("beit.encoder.layer." + block + "." + name);
            }
        }
        names.addAll(List.of(
                "fpn1.0.weight", "fpn1.0.bias", "fpn1.3.weight", "fpn1.3.bias", "fpn2.0.weight", "fpn2.0.bias"));
        List<String> norms = new ArrayList<>(List.of("fpn1.1"));
        for (String module : List.of(
                "decode_head.psp_modules.0.1",
                "decode_head.psp_modules.1.1",
                "decode_head.psp_modules.2.1",
                "decode_head.psp_modules.3.1",
                "decode_head.bottleneck",
                "decode_head.lateral_convs.0",
                "decode_head.lateral_convs.1",
                "decode_head.lateral_convs.2",
                "decode_head.fpn_convs.0",
                "decode_head.fpn_convs.1",
                "decode_head.fpn_convs.2",
                "decode_head.fpn_bottleneck",
                "auxiliary_head.convs.0")) {
            names.add(module + ".conv.weight");
            norms.add(module + ".bn");
        }
        for (String norm : norms) {
            for (String part : List.of("weight", "bias", "running_mean", "running_var", "num_batches_tracked")) {
                names.add(norm + "." + part);
            }
        }
        for (String head : List.of("decode_head", "auxiliary_head")) {
            names.add(head + ".classifier.weight");
            names.add(head + ".classifier.bias");
        }
        return names;
    }

    @Test
    void namesAreThoseOfTransformers() throws IOException {
        NamedTensors written = Safetensors.read(huggingFace().resolve("model.safetensors"));
        assertThat(new TreeSet<>(written.tensors().keySet())).isEqualTo(new TreeSet<>(namesOfTransformers()));
        assertThat(written.tensors()).allSatisfy((name, tensor) -> {
            if (name.startsWith("beit.encoder.layer.4.")) {
                assertThat(tensor.toFloats()).containsOnly(0);
            }
        });
    }

    @Test
    void configurationTellsTransformersTheModel() throws IOException {
        Path hf = huggingFace();
        JsonNode config = JSON.readTree(Files.readString(hf.resolve("config.json")));
        assertThat(config.path("architectures").path(0).asString()).isEqualTo("BeitForSemanticSegmentation");
        Map<String, String> fields = Map.ofEntries(
                Map.entry("model_type", "\"beit\""),
                Map.entry("image_size", "64"),
                Map.entry("patch_size", "16"),
                Map.entry("num_channels", "1"),
                // The output of block N, counted from 0, is what transformers takes for N + 2.
                Map.entry("num_hidden_layers", "5"),
                Map.entry("out_indices", "[2,3,4,5]"),
                Map.entry("pool_scales", "[1,2,3,6]"),
                Map.entry("use_auxiliary_head", "true"),
                Map.entry("auxiliary_loss_weight", "0.4"),
                Map.entry("auxiliary_channels", "16"),
                Map.entry("auxiliary_num_convs", "1"),
                Map.entry("auxiliary_concat_input", "false"),
                Map.entry("semantic_loss_ignore_index", "255"),
                Map.entry("use_mean_pooling", "true"),
                Map.entry("use_relative_position_bias", "true"),
                Map.entry("id2label", "{\"0\":\"ground\",\"1\":\"shirt\",\"2\":\"bag\"}"),
                Map.entry("label2id", "{\"ground\":0,\"shirt\":1,\"bag\":2}"));
        fields.forEach((field, value) ->
                assertThat(config.path(field).toString()).as(field).isEqualTo(value));
        JsonNode processor = JSON.readTree(Files.readString(hf.resolve("preprocessor_config.json")));
        assertThat(processor.path("do_reduce_labels").asBoolean(true)).isFalse();
        assertThat(processor.path("do_center_crop").asBoolean(true)).isFalse();
        assertThat(processor.path("size").toString()).isEqualTo("{\"height\":64,\"width\":64}");
        assertThat(processor.path("image_mean").toString()).isEqualTo("[0.5]");
    }

    @Test
    void thereAndBackIsTheSameModel() throws IOException {
        Path hf = huggingFace();
        Path back = folder.resolve("back.safetensors");
        Ended ended = beits("convert", hf, back, "--to", "ours");
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("block 4 is all zeros and adds nothing");
        assertSame(Safetensors.read(back), Safetensors.read(ours()));
        assertThat(ModelCard.of(Safetensors.read(back), "back"))
                .isEqualTo(ModelCard.of(Safetensors.read(ours()), "ours"));
    }

    @Test
    void aLastBlockThatTheDecoderDoesNotReadNeedsNoneBehindIt() throws IOException {
        Path ours = TinyModel.segmenter(folder.resolve("deeper.safetensors"), 5, ALL, TinyModel.WIDTH, CLASSES);
        Path hf = folder.resolve("hf");
        Path back = folder.resolve("back.safetensors");
        assertThat(beits("convert", ours, hf, "--to", "hf").code()).isZero();
        JsonNode config = JSON.readTree(Files.readString(hf.resolve("config.json")));
        assertThat(config.path("num_hidden_layers").asInt()).isEqualTo(5);
        assertThat(config.path("out_indices").toString()).isEqualTo("[2,3,4,5]");
        assertThat(beits("convert", hf, back, "--to", "ours").code()).isZero();
        assertSame(Safetensors.read(back), Safetensors.read(ours));
    }

    @Test
    void picturesAreSegmentedFromEveryLayoutAlike() throws IOException {
        Path picture = picture();
        Path official = folder.resolve("official.safetensors");
        assertThat(beits("convert", ours(), official, "--to", "official").code())
                .isZero();
        Path own = folder.resolve("own");
        assertThat(beits("predict", ours(), picture, "--out", own).code()).isZero();
        Path maps = folder.resolve("maps");
        Ended ended = beits("predict", huggingFace(), picture, "--out", maps);
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("\"shirt\"");
        assertThat(ended.err()).contains("out_indices [2, 3, 4, 5]", "the outputs of blocks [0, 1, 2, 3]");
        assertThat(maps.resolve("picture.labels.png")).hasSameBinaryContentAs(own.resolve("picture.labels.png"));
        Ended attention =
                beits("attention", folder.resolve("hf"), picture, "--patch", "1,2", "--out", folder.resolve("a"));
        assertThat(attention.code()).as(attention.err()).isZero();
    }

    @Test
    void trainingStartsFromTransformersWeightsAsFromOurs() throws IOException {
        for (String start : List.of(ours().toString(), huggingFace().toString())) {
            List<Object> arguments = new ArrayList<>(List.of("segment", "scenes-segment"));
            for (String set : List.of(
                    "initFrom=" + start,
                    "imagenetMeanAndStd=false",
                    "model.patchSize=16",
                    "model.width=16",
                    "model.heads=2",
                    "model.mlpRatio=2",
                    "channels=16",
                    "data.training=16",
                    "data.test=8",
                    "optim.epochs=1",
                    "optim.warmupEpochs=0",
                    "optim.warmupSteps=0")) {
                arguments.addAll(List.of("--set", set));
            }
            arguments.addAll(List.of("--out", folder.resolve(start.endsWith("hf") ? "run-hf" : "run-ours")));
            Ended ended = beits(arguments.toArray());
            assertThat(ended.code()).as(ended.err()).isZero();
        }
        assertThat(folder.resolve("run-hf/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("run-ours/model.safetensors"));
    }

    @Test
    void theReleasedDepthsTellTheirBlocksInMmsegsLayout() throws IOException {
        List<Integer> blocks = List.of(3, 5, 7, 11);
        Path ours = TinyModel.segmenter(folder.resolve("base.safetensors"), 12, blocks, TinyModel.WIDTH, CLASSES);
        Path official = folder.resolve("official.pth");
        Path back = folder.resolve("back.safetensors");
        assertThat(beits("convert", ours, official, "--to", "official").code()).isZero();
        assertThat(Checkpoints.read(official).tensors())
                .containsKeys("backbone.blocks.11.attn.relative_position_index", "decode_head.conv_seg.weight");
        assertThat(beits("convert", official, back, "--to", "ours").code()).isZero();
        assertSame(Safetensors.read(back), Safetensors.read(ours));
        Ended ended = beits("predict", official, picture(), "--out", folder.resolve("maps"));
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.err()).contains("class 0 to class 2", "blocks [3, 5, 7, 11]");
    }

    @Test
    void anAuxiliaryHeadOfAnotherBuildIsLeftOut() throws IOException {
        Path hf = huggingFace();
        NamedTensors other = new NamedTensors();
        Safetensors.read(hf.resolve("model.safetensors")).tensors().forEach(other::put);
        other.put("auxiliary_head.convs.1.conv.weight", TensorData.of(new float[16 * 16 * 9], 16, 16, 3, 3));
        Path deep = folder.resolve("deep");
        Files.createDirectory(deep);
        Files.copy(hf.resolve("config.json"), deep.resolve("config.json"));
        Safetensors.write(deep.resolve("model.safetensors"), other);
        Path back = folder.resolve("back.safetensors");
        Ended ended = beits("convert", deep, back, "--to", "ours");
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out()).contains("an auxiliary head of another build, for training");
        Path again = folder.resolve("again");
        assertThat(beits("convert", back, again, "--to", "hf").code()).isZero();
        assertThat(again.resolve("config.json")).content().contains("\"use_auxiliary_head\" : false");
        assertThat(beits("predict", again, picture(), "--out", folder.resolve("maps"))
                        .code())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "out_indices | [3,5,7,11] | config.json: out_indices [3, 5, 7, 11]: must be four rising numbers from 2",
                "out_indices | [1,2,3,4] | config.json: out_indices [1, 2, 3, 4]: must be four rising numbers",
                "out_indices | [2,4,3,5] | config.json: out_indices [2, 4, 3, 5]: must be four rising numbers",
                "out_indices | [2,3] | config.json: out_indices [2, 3]: must be four rising numbers",
                "out_indices | null | config.json: out_indices is missing",
                "pool_scales | [1,2,4] | config.json: pool_scales [1, 2, 4]: must be [1, 2, 3, 6]",
                "image_size | 128 | its positions are not those of a picture of 128 x 128 pixels; image_size in config.json",
                "num_attention_heads | 4 | has 2 attention heads, not 4"
            })
    void aConfigurationThatCannotBeBuiltGetsOneLine(String field, String value, String message) throws IOException {
        Path hf = huggingFace();
        Path config = hf.resolve("config.json");
        ObjectNode json = (ObjectNode) JSON.readTree(Files.readString(config));
        json.set(field, JSON.readTree(value));
        Files.writeString(config, json.toString());
        Ended ended = beits("predict", hf, picture(), "--out", folder.resolve("maps"));
        assertThat(ended.code()).isEqualTo(Main.USER_MISTAKE);
        assertThat(ended.err()).hasLineCount(1).startsWith("beits: " + folder).contains(message);
        assertThat(folder.resolve("maps")).doesNotExist();
    }

    @Test
    void whatALayoutCannotHoldGetsOneLine() throws IOException {
        Path narrow = TinyModel.segmenter(folder.resolve("narrow.safetensors"), 4, ALL, 8, CLASSES);
        Path turned =
                TinyModel.segmenter(folder.resolve("turned.safetensors"), 4, ALL.reversed(), TinyModel.WIDTH, CLASSES);
        Path official = folder.resolve("official.safetensors");
        assertThat(beits("convert", narrow, official, "--to", "official").code())
                .isZero();
        Path out = folder.resolve("out");
        Map<List<Object>, String> mistakes = Map.of(
                List.of("convert", narrow, out, "--to", "timm"), "which timm does not have",
                List.of("convert", narrow, out, "--to", "hf"), "channels 8, where its decoder has as many",
                List.of("convert", turned, out, "--to", "hf"), "blocks [3, 2, 1, 0], which it reads in rising order",
                List.of("predict", narrow, folder, "--top", "3"), "--top: is for classifiers",
                List.of("evaluate", official), "does not tell which of its 4 blocks the decoder reads");
        mistakes.forEach((arguments, message) -> {
            Ended ended = beits(arguments.toArray());
            assertThat(ended.code()).as("%s", arguments).isEqualTo(Main.USER_MISTAKE);
            assertThat(ended.err()).hasLineCount(1).contains(message);
        });
        assertThat(out).doesNotExist();
    }
}
