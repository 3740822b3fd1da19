package beits.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Official names and Hugging Face's, in the order of the official state dict ({@code convert_beit_unilm_to_pytorch.py}). The
 * fused {@code attn.qkv.weight}, which Hugging Face keeps in three, is treated in {@link WeightConversion}.
 */
final class WeightNames {
    /** Before the blocks. */
    private static final List<Pair> FIRST = List.of(
            new Pair("cls_token", "beit.embeddings.cls_token"),
            new Pair("mask_token", "beit.embeddings.mask_token"),
            new Pair("pos_embed", "beit.embeddings.position_embeddings"),
            new Pair("patch_embed.proj.weight", "beit.embeddings.patch_embeddings.projection.weight"),
            new Pair("patch_embed.proj.bias", "beit.embeddings.patch_embeddings.projection.bias"),
            new Pair(
                    "rel_pos_bias.relative_position_bias_table",
                    "beit.encoder.relative_position_bias.relative_position_bias_table"),
            new Pair(
                    "rel_pos_bias.relative_position_index",
                    "beit.encoder.relative_position_bias.relative_position_index"));

    /** In a block: behind {@code blocks.N.} and {@code beit.encoder.layer.N.}. */
    private static final List<Pair> BLOCK = List.of(
            new Pair("gamma_1", "lambda_1"),
            new Pair("gamma_2", "lambda_2"),
            new Pair("norm1.weight", "layernorm_before.weight"),
            new Pair("norm1.bias", "layernorm_before.bias"),
            new Pair("attn.q_bias", "attention.attention.query.bias"),
            new Pair("attn.v_bias", "attention.attention.value.bias"),
            new Pair(
                    "attn.relative_position_bias_table",
                    "attention.attention.relative_position_bias.relative_position_bias_table"),
            new Pair(
                    "attn.relative_position_index",
                    "attention.attention.relative_position_bias.relative_position_index"),
            new Pair("attn.qkv.weight", "attention.attention.qkv.weight"),
            new Pair("attn.proj.weight", "attention.output.dense.weight"),
            new Pair("attn.proj.bias", "attention.output.dense.bias"),
            new Pair("norm2.weight", "layernorm_after.weight"),
            new Pair("norm2.bias", "layernorm_after.bias"),
            new Pair("mlp.fc1.weight", "intermediate.dense.weight"),
            new Pair("mlp.fc1.bias", "intermediate.dense.bias"),
            new Pair("mlp.fc2.weight", "output.dense.weight"),
            new Pair("mlp.fc2.bias", "output.dense.bias"));

    /** Behind the blocks. */
    private static final List<Pair> LAST = List.of(
            new Pair("norm.weight", "beit.layernorm.weight"),
            new Pair("norm.bias", "beit.layernorm.bias"),
            new Pair("fc_norm.weight", "beit.pooler.layernorm.weight"),
            new Pair("fc_norm.bias", "beit.pooler.layernorm.bias"),
            new Pair("lm_head.weight", "lm_head.weight"),
            new Pair("lm_head.bias", "lm_head.bias"),
            new Pair("head.weight", "classifier.weight"),
            new Pair("head.bias", "classifier.bias"));

    /** The token head's norm lies outside the encoder at Hugging Face. */
    private static final Map<String, String> MIM_NORM = Map.of(
            "norm.weight", "layernorm.weight",
            "norm.bias", "layernorm.bias");

    private static final String INDEX = "relative_position_index";
    private static final Pattern OFFICIAL_BLOCK = Pattern.compile("blocks\\.(\\d{1,4})\\.(.+)");
    private static final Pattern HUGGING_FACE_BLOCK = Pattern.compile("beit\\.encoder\\.layer\\.(\\d{1,4})\\.(.+)");

    /** The same tensor in both layouts. */
    private record Pair(String official, String huggingFace) {}

    private WeightNames() {}

    /** Whether a name is that of an index buffer, which follows from the grid and is no weight. */
    static boolean isIndex(String name) {
        return name.endsWith(INDEX);
    }

    /** Number of the block an official name belongs to, -1 for none. */
    static int block(String official) {
        Matcher matcher = OFFICIAL_BLOCK.matcher(official);
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
    }

    /**
     * Hugging Face's name of a tensor.
     *
     * @param maskedImageModel whether it belongs to a model with a token head
     * @return null when there is none
     */
    static @Nullable String toHuggingFace(String official, boolean maskedImageModel) {
        if (maskedImageModel && MIM_NORM.containsKey(official)) {
            return MIM_NORM.get(official);
        }
        Matcher matcher = OFFICIAL_BLOCK.matcher(official);
        if (matcher.matches()) {
            for (Pair pair : BLOCK) {
                if (pair.official.equals(matcher.group(2))) {
                    return "beit.encoder.layer." + matcher.group(1) + "." + pair.huggingFace;
                }
            }
            return null;
        }
        for (Pair pair : outside()) {
            if (pair.official.equals(official)) {
                return pair.huggingFace;
            }
        }
        return null;
    }

    /**
     * The official name of a tensor.
     *
     * @param huggingFace name with the prefix {@code beit.}
     * @return null when there is none
     */
    static @Nullable String toOfficial(String huggingFace) {
        Matcher matcher = HUGGING_FACE_BLOCK.matcher(huggingFace);
        if (matcher.matches()) {
            for (Pair pair : BLOCK) {
                if (pair.huggingFace.equals(matcher.group(2))) {
                    return "blocks." + matcher.group(1) + "." + pair.official;
                }
            }
            return null;
        }
        for (Map.Entry<String, String> norm : MIM_NORM.entrySet()) {
            if (norm.getValue().equals(huggingFace)) {
                return norm.getKey();
            }
        }
        for (Pair pair : outside()) {
            if (pair.huggingFace.equals(huggingFace)) {
                return pair.official;
            }
        }
        return null;
    }

    private static List<Pair> outside() {
        return Stream.concat(FIRST.stream(), LAST.stream()).toList();
    }

    /**
     * All official names of a model of some depth, in the order of the official state dict, index buffers included.
     *
     * @param depth number of blocks
     */
    static List<String> inOrder(int depth) {
        List<String> names = new ArrayList<>();
        FIRST.forEach(pair -> names.add(pair.official));
        for (int block = 0; block < depth; block++) {
            for (Pair pair : BLOCK) {
                names.add("blocks." + block + "." + pair.official);
            }
        }
        LAST.forEach(pair -> names.add(pair.official));
        return names;
    }
}
