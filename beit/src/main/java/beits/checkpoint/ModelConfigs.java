package beits.checkpoint;

import beits.model.BeitConfig;
import beits.model.ImageClassifier.Pooling;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The {@code config.json} that stands beside the weights of a Hugging Face or timm model. */
public final class ModelConfigs {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int LARGEST = 1 << 24;
    private static final int PILLOW_BILINEAR = 2;
    private static final int PILLOW_BICUBIC = 3;
    private static final int ADE20K_CLASSES = 150;

    /** Sides of the pooled maps of UPerNet's pyramid (official, and transformers' default). */
    public static final List<Integer> POOL_SCALES = List.of(1, 2, 3, 6);

    /** What transformers calls a class that has no name, with its number. */
    private static final String UNNAMED = "LABEL_";

    private ModelConfigs() {}

    /**
     * Configuration for transformers' {@code BeitConfig}. The LayerNorm epsilon is the official 1e-6; transformers' own default of
     * 1e-12 gives other outputs.
     *
     * @param classNames names of the classes, or empty
     * @param type of the weights
     */
    public static String huggingFace(BeitDescription description, List<String> classNames, TensorType type) {
        String architecture = description.vocabulary() > 0
                ? "BeitForMaskedImageModeling"
                : description.classes() > 0 ? "BeitForImageClassification" : "BeitModel";
        return text(transformers(description, architecture, classNames, type));
    }

    /**
     * Configuration for transformers' {@code BeitForSemanticSegmentation}, whose decoder has as many channels as the encoder is wide.
     *
     * @param description of the encoder, with the number of classes
     * @param blocks that the decoder reads, counted from 0
     * @param auxiliaryChannels of the auxiliary head, 0 for none
     * @param auxiliaryWeight of its loss
     * @param classNames names of the classes, or empty
     * @param type of the weights
     */
    public static String huggingFaceSegmenter(
            BeitDescription description,
            List<Integer> blocks,
            int auxiliaryChannels,
            double auxiliaryWeight,
            List<String> classNames,
            TensorType type) {
        ObjectNode json = transformers(description, "BeitForSemanticSegmentation", classNames, type);
        json.put(
                "num_hidden_layers",
                SegmenterWeights.depth(blocks, description.network().depth()));
        ArrayNode indexes = json.putArray("out_indices");
        SegmenterWeights.outIndices(blocks).forEach(indexes::add);
        ArrayNode scales = json.putArray("pool_scales");
        POOL_SCALES.forEach(scales::add);
        json.put("use_auxiliary_head", auxiliaryChannels > 0);
        json.put("auxiliary_loss_weight", auxiliaryWeight);
        json.put("auxiliary_channels", auxiliaryChannels > 0 ? auxiliaryChannels : 256);
        json.put("auxiliary_num_convs", 1);
        json.put("auxiliary_concat_input", false);
        json.put("semantic_loss_ignore_index", 255);
        return text(json);
    }

    private static String text(ObjectNode json) {
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
    }

    private static ObjectNode transformers(
            BeitDescription description, String architecture, List<String> classNames, TensorType type) {
        BeitConfig network = description.network();
        ObjectNode json = JSON.createObjectNode();
        json.put("model_type", "beit");
        json.putArray("architectures").add(architecture);
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
        json.put(
                "torch_dtype",
                switch (type) {
                    case F64 -> "float64";
                    case F16 -> "float16";
                    case BF16 -> "bfloat16";
                    case F32, I64, I32, I16, I8, U8, BOOL -> "float32";
                });
        if (description.classes() > 0) {
            ObjectNode names = json.putObject("id2label");
            ObjectNode numbers = json.putObject("label2id");
            for (int i = 0; i < description.classes(); i++) {
                String name = i < classNames.size() ? classNames.get(i) : UNNAMED + i;
                names.put(Integer.toString(i), name);
                numbers.put(name, i);
            }
        }
        return json;
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
        json.put("global_pool", description.pooling() == Pooling.MEAN ? "avg" : "token");
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
        arguments.put("global_pool", description.pooling() == Pooling.MEAN ? "avg" : "token");
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
        pretrained.put("crop_pct", cropShare(network.imageHeight()));
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
        return text(json);
    }

    /** Share of the resized picture that the official evaluation crops; small pictures are left alone. */
    private static double cropShare(int size) {
        return size > 32 && size < 384 ? 224.0 / 256 : 1;
    }

    /**
     * Configuration for transformers' image processor, {@code preprocessor_config.json}.
     *
     * @param mean of each channel, subtracted from pixels in [0, 1]
     * @param std of each channel
     */
    public static String imageProcessor(BeitConfig network, List<Float> mean, List<Float> std) {
        return text(processor(network, mean, std));
    }

    /**
     * The same for segmentation: pictures are resized as in mmseg, and the masks of ADE20K, whose 0 is no class, are counted down.
     *
     * @param classes number of classes
     */
    public static String segmentationProcessor(BeitConfig network, int classes, List<Float> mean, List<Float> std) {
        ObjectNode json = processor(network, mean, std);
        json.put("resample", PILLOW_BILINEAR);
        json.put("do_reduce_labels", classes == ADE20K_CLASSES);
        return text(json);
    }

    private static ObjectNode processor(BeitConfig network, List<Float> mean, List<Float> std) {
        ObjectNode json = JSON.createObjectNode();
        json.put("image_processor_type", "BeitImageProcessor");
        json.put("do_resize", true);
        json.putObject("size").put("height", network.imageHeight()).put("width", network.imageWidth());
        json.put("resample", PILLOW_BICUBIC);
        json.put("do_center_crop", false);
        json.put("do_rescale", true);
        json.put("rescale_factor", 1 / 255.0);
        json.put("do_normalize", true);
        ArrayNode means = json.putArray("image_mean");
        mean.forEach(means::add);
        ArrayNode deviations = json.putArray("image_std");
        std.forEach(deviations::add);
        json.put("do_reduce_labels", false);
        return json;
    }

    private static void size(ObjectNode json, String field, BeitConfig network) {
        if (network.imageHeight() == network.imageWidth()) {
            json.put(field, network.imageHeight());
        } else {
            json.putArray(field).add(network.imageHeight()).add(network.imageWidth());
        }
    }

    /**
     * What a configuration of Hugging Face or timm tells beyond the tensors.
     *
     * @param hints size and heads
     * @param classNames in the order of the classes, or empty
     * @param mean of each channel, or empty
     * @param std of each channel, or empty
     * @param outIndices of a segmentation model, as transformers counts them, or empty
     * @param poolScales of a segmentation model
     */
    public record Told(
            BeitDescription.Hints hints,
            List<String> classNames,
            List<Float> mean,
            List<Float> std,
            List<Integer> outIndices,
            List<Integer> poolScales) {
        /** Nothing is known. */
        public static final Told NOTHING =
                new Told(BeitDescription.Hints.NONE, List.of(), List.of(), List.of(), List.of(), POOL_SCALES);

        public Told {
            classNames = List.copyOf(classNames);
            mean = List.copyOf(mean);
            std = List.copyOf(std);
            outIndices = List.copyOf(outIndices);
            poolScales = List.copyOf(poolScales);
        }
    }

    /**
     * Reads {@code config.json} and {@code preprocessor_config.json} of a folder, as far as they are there.
     *
     * @throws CheckpointException when one cannot be read
     */
    public static Told read(Path folder) throws IOException {
        JsonNode json = json(folder.resolve("config.json"));
        JsonNode processor = json(folder.resolve("preprocessor_config.json"));
        JsonNode size = json.has("image_size") ? json.path("image_size") : json.at("/model_args/img_size");
        int heads = json.path("num_attention_heads")
                .asInt(json.at("/model_args/num_heads").asInt(0));
        int height = size.isArray() ? size.path(0).asInt(0) : size.asInt(0);
        int width = size.isArray() ? size.path(1).asInt(0) : height;
        boolean processed = processor.has("image_mean");
        return new Told(
                new BeitDescription.Hints(heads, height, width),
                classNames(json),
                floats(processed ? processor.path("image_mean") : json.at("/pretrained_cfg/mean")),
                floats(processed ? processor.path("image_std") : json.at("/pretrained_cfg/std")),
                integers(json.path("out_indices")),
                json.has("pool_scales") ? integers(json.path("pool_scales")) : POOL_SCALES);
    }

    private static List<String> classNames(JsonNode json) {
        List<String> names = new ArrayList<>();
        json.path("label_names").forEach(name -> names.add(name.asString("")));
        // The numbers have gaps in the models of ImageNet-22k: their converter took two classes away without counting
        // anew.
        SortedMap<Integer, String> named = new TreeMap<>();
        for (Map.Entry<String, JsonNode> label : json.path("id2label").properties()) {
            if (label.getKey().matches("\\d{1,9}")) {
                named.put(Integer.parseInt(label.getKey()), label.getValue().asString(""));
            }
        }
        names.addAll(named.values());
        return names.contains(UNNAMED + 0) ? List.of() : names;
    }

    private static List<Float> floats(JsonNode list) {
        List<Float> floats = new ArrayList<>();
        list.forEach(number -> floats.add((float) number.asDouble(0)));
        return floats;
    }

    private static List<Integer> integers(JsonNode list) {
        List<Integer> integers = new ArrayList<>();
        list.forEach(number -> integers.add(number.asInt(-1)));
        return integers;
    }

    private static JsonNode json(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return JSON.createObjectNode();
        }
        if (Files.size(file) > LARGEST) {
            throw new CheckpointException(file + ": too long for a configuration; move it away");
        }
        try {
            return JSON.readTree(Files.readString(file));
        } catch (JacksonException e) {
            throw new CheckpointException(
                    file + ": no JSON: " + e.getOriginalMessage() + "; repair it or move it away", e);
        } catch (CharacterCodingException e) {
            throw new CheckpointException(file + ": is no UTF-8 text; repair it or move it away", e);
        }
    }
}
