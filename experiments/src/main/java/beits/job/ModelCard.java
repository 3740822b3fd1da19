package beits.job;

import beits.checkpoint.CheckpointException;
import beits.checkpoint.NamedTensors;
import beits.model.ImageClassifier.Pooling;
import beits.recipe.ModelRecipe;
import beits.recipe.SegmentRecipe;
import beits.tokenizer.DiscreteVaeConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a checkpoint of our own says of itself: enough to build the model again and to feed it right.
 *
 * @param kind what it holds
 * @param encoder shape of the encoder; none for a tokenizer
 * @param dvae shape of the dVAE; none but for a tokenizer
 * @param vocabulary visual tokens of a tokenizer or a masked image model, else 0
 * @param pooling of a classifier, else none
 * @param classNames of a classifier or segmenter, else empty
 * @param mean subtracted from each channel of the pixels in [0, 1]
 * @param std divided by
 * @param tokenizerHash SHA-256 of the tokenizer's weights of a masked image model, else none
 * @param decoder of a segmenter, else none
 */
public record ModelCard(
        ModelKind kind,
        @Nullable ModelRecipe encoder,
        @Nullable DiscreteVaeConfig dvae,
        int vocabulary,
        @Nullable Pooling pooling,
        List<String> classNames,
        List<Float> mean,
        List<Float> std,
        @Nullable String tokenizerHash,
        @Nullable Decoder decoder) {
    /** Version of the code that writes checkpoints. */
    public static final String CODE_VERSION = "0.1.0";

    private static final String VERSION = "beits.version";
    private static final String KEY = "beits.model";
    private static final String FORMAT = "beits.format";
    private static final String FORMAT_VERSION = "1";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * What stands on the encoder of a segmenter.
     *
     * @param kind which decoder
     * @param blocks with an auxiliary head for SETR, of the feature pyramid for UPerNet
     * @param channels hidden channels
     */
    public record Decoder(SegmentRecipe.Decoder kind, List<Integer> blocks, int channels) {
        public Decoder {
            blocks = List.copyOf(blocks);
        }
    }

    public ModelCard {
        classNames = List.copyOf(classNames);
        mean = List.copyOf(mean);
        std = List.copyOf(std);
    }

    /** A card without a decoder. */
    public ModelCard(
            ModelKind kind,
            @Nullable ModelRecipe encoder,
            @Nullable DiscreteVaeConfig dvae,
            int vocabulary,
            @Nullable Pooling pooling,
            List<String> classNames,
            List<Float> mean,
            List<Float> std,
            @Nullable String tokenizerHash) {
        this(kind, encoder, dvae, vocabulary, pooling, classNames, mean, std, tokenizerHash, null);
    }

    /** The card as the description of a checkpoint. */
    public Map<String, String> description() {
        Map<String, String> description = new LinkedHashMap<>();
        description.put(FORMAT, FORMAT_VERSION);
        description.put(VERSION, CODE_VERSION);
        description.put(KEY, JSON.writeValueAsString(this));
        return description;
    }

    /** The description of DALL-E's tokenizer, whose tensors tell all there is to know. */
    static Map<String, String> ofDallE() {
        return Map.of(FORMAT, FORMAT_VERSION, VERSION, CODE_VERSION, "beits.tokenizer", "DALL-E");
    }

    /** Whether a checkpoint has a card. */
    public static boolean isIn(NamedTensors checkpoint) {
        return checkpoint.metadata().containsKey(KEY);
    }

    /**
     * The card of a checkpoint.
     *
     * @param source name of the file, for the message
     * @throws CheckpointException when it has none that this version understands
     */
    public static ModelCard of(NamedTensors checkpoint, String source) throws CheckpointException {
        String version = checkpoint.metadata().get(FORMAT);
        String text = checkpoint.metadata().get(KEY);
        if (version == null || text == null) {
            throw new CheckpointException(
                    source + ": does not describe its model, so it is not one of our checkpoints; give one of a run");
        }
        if (!version.equals(FORMAT_VERSION)) {
            throw new CheckpointException(
                    "%s: format %s, but this version reads %s".formatted(source, version, FORMAT_VERSION));
        }
        try {
            return JSON.readValue(text, ModelCard.class);
        } catch (JacksonException e) {
            throw new CheckpointException(source + ": its description cannot be read: " + e.getOriginalMessage(), e);
        }
    }

    /** The card again, if it is of this kind. */
    public ModelCard require(ModelKind wanted, String source) throws CheckpointException {
        if (kind != wanted) {
            throw new CheckpointException(
                    "%s: holds a %s where a %s is needed".formatted(source, kind.title(), wanted.title()));
        }
        return this;
    }
}
