package beits.checkpoint;

import beits.model.BeitConfig;
import beits.model.ImageClassifier.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The {@code config.json} that stands beside the weights of a Hugging Face or timm model. */
public final class ModelConfigs {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int LARGEST = 1 << 24;

    private ModelConfigs() {}

    /**
     * Configuration for transformers' {@code BeitConfig}. The LayerNorm epsilon is the official 1e-6; transformers' own default of
     * 1e-12 gives other outputs.
     *
     * @param classNames names of the classes, or empty
     */
    public static String huggingFace(BeitDescription description, List<String> classNames) {
        BeitConfig network = description.network();
        ObjectNode json = JSON.createObjectNode();
        json.put("model_type", "beit");
        json.putArray("architectures")
                .add(
                        description.vocabulary() > 0
                                ? "BeitForMaskedImageModeling"
                                : description.classes() > 0 ? "BeitForImageClassification" : "BeitModel");
        json.put("hidden_size", network.width());
        json.put("num_hidden_layers", network.depth());
        json.put("num_attention_heads", network.heads());
        json.put("intermediate_size", network.mlpWidth());
        json.put("hidden_act", "gelu");
        json.put("hidden_dropout_prob", 0.0);
        json.put("attention_probs_dropout_prob", 0.0);
        json.put("layer_norm_eps", BeitConfig.EPSILON);
        size(json, "image_size", network);
        json.put("patch_size", network.patchSize());
        json.put("num_channels", network.channels());
        json.put("vocab_size", description.vocabulary() > 0 ? description.vocabulary() : 8192);
        json.put("use_mask_token", description.maskToken());
        json.put("use_absolute_position_embeddings", network.absolutePositions());
        json.put("use_shared_relative_position_bias", network.sharedRelativeBias());
        json.put("use_relative_position_bias", network.blockRelativeBias());
        json.put("layer_scale_init_value", network.layerScale());
        json.put("drop_path_rate", network.dropPath());
        json.put("use_mean_pooling", description.pooling() != Pooling.CLASS_TOKEN);
        json.put("torch_dtype", "float32");
        if (description.classes() > 0) {
            ObjectNode names = json.putObject("id2label");
            ObjectNode numbers = json.putObject("label2id");
            for (int i = 0; i < description.classes(); i++) {
                String name = i < classNames.size() ? classNames.get(i) : "LABEL_" + i;
                names.put(Integer.toString(i), name);
                numbers.put(name, i);
            }
        }
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
    }

    /**
     * Configuration for timm's {@code create_model} from a folder or hub.
     *
     * @param classNames names of the classes, or empty
     * @param mean of each channel, subtracted from pixels in [0, 1]
     * @param std of each channel
     */
    public static String timm(BeitDescription description, List<String> classNames, List<Float> mean, List<Float> std) {
        BeitConfig network = description.network();
        ObjectNode json = JSON.createObjectNode();
        json.put("architecture", "beit_base_patch16_224");
        json.put("num_classes", description.classes());
        json.put("num_features", network.width());
        json.put("global_pool", description.pooling() == Pooling.CLASS_TOKEN ? "token" : "avg");
        ObjectNode arguments = json.putObject("model_args");
        size(arguments, "img_size", network);
        arguments.put("patch_size", network.patchSize());
        arguments.put("in_chans", network.channels());
        arguments.put("embed_dim", network.width());
        arguments.put("depth", network.depth());
        arguments.put("num_heads", network.heads());
        arguments.put("mlp_ratio", network.mlpRatio());
        arguments.put("qkv_bias", network.qkvBias());
        if (network.layerScale() > 0) {
            arguments.put("init_values", network.layerScale());
        } else {
            arguments.putNull("init_values");
        }
        arguments.put("use_abs_pos_emb", network.absolutePositions());
        arguments.put("use_rel_pos_bias", network.blockRelativeBias());
        arguments.put("use_shared_rel_pos_bias", network.sharedRelativeBias());
        ObjectNode pretrained = json.putObject("pretrained_cfg");
        pretrained
                .putArray("input_size")
                .add(network.channels())
                .add(network.imageHeight())
                .add(network.imageWidth());
        pretrained.put("fixed_input_size", true);
        pretrained.put("interpolation", "bicubic");
        ArrayNode means = pretrained.putArray("mean");
        mean.forEach(means::add);
        ArrayNode deviations = pretrained.putArray("std");
        std.forEach(deviations::add);
        pretrained.put("num_classes", description.classes());
        pretrained.put("first_conv", "patch_embed.proj");
        pretrained.put("classifier", "head");
        if (!classNames.isEmpty()) {
            ArrayNode names = json.putArray("label_names");
            classNames.forEach(names::add);
        }
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
    }

    private static void size(ObjectNode json, String field, BeitConfig network) {
        if (network.imageHeight() == network.imageWidth()) {
            json.put(field, network.imageHeight());
        } else {
            json.putArray(field).add(network.imageHeight()).add(network.imageWidth());
        }
    }

    /**
     * What a {@code config.json} of Hugging Face or timm tells beyond the tensors.
     *
     * @throws CheckpointException when it cannot be read
     */
    public static BeitDescription.Hints hints(Path file) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new CheckpointException(file + ": too long for a configuration; give a config.json");
        }
        try {
            JsonNode json = JSON.readTree(Files.readString(file));
            JsonNode size = json.has("image_size") ? json.path("image_size") : json.at("/model_args/img_size");
            int heads = json.path("num_attention_heads")
                    .asInt(json.at("/model_args/num_heads").asInt(0));
            return size.isArray()
                    ? new BeitDescription.Hints(
                            heads, size.path(0).asInt(0), size.path(1).asInt(0))
                    : new BeitDescription.Hints(heads, size.asInt(0), size.asInt(0));
        } catch (JacksonException e) {
            throw new CheckpointException(file + ": no JSON: " + e.getOriginalMessage(), e);
        }
    }
}
