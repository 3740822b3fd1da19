package beits.model;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Tensor;
import beits.autograd.Tokens;
import beits.nn.LayerNorm;
import beits.nn.Linear;
import beits.tensor.Slot;

/**
 * BEiT for pre-training: the encoder, a final LayerNorm and a linear head over the visual tokens (official
 * {@code VisionTransformerForMaskedImageModeling}).
 */
public final class MaskedImageModel {
    private final Encoder encoder;
    private final LayerNorm norm;
    private final Linear head;
    private final int vocabulary;

    /**
     * Creates the parameters.
     *
     * @param vocabulary number of visual tokens
     */
    public MaskedImageModel(Layout layout, BeitConfig config, int vocabulary) {
        if (vocabulary < 2) {
            throw new IllegalArgumentException("vocabulary = " + vocabulary + " must be at least 2");
        }
        WeightInitialisation initialisation = WeightInitialisation.PRETRAINING;
        this.encoder = new Encoder(layout, config, initialisation, true);
        this.norm = LayerNorm.create(layout, "norm", config.width(), BeitConfig.EPSILON);
        this.head = Linear.create(layout, "lm_head", config.width(), vocabulary, true, initialisation.normal());
        this.vocabulary = vocabulary;
    }

    /** The encoder. */
    public Encoder encoder() {
        return encoder;
    }

    /** Number of visual tokens. */
    public int vocabulary() {
        return vocabulary;
    }

    /** Final LayerNorm of any rows of the encoder's output. */
    public Tensor normalise(Tensor x) {
        return norm.apply(x);
    }

    /** Logits over the visual tokens for normalised rows. */
    public Tensor logits(Tensor normalised) {
        return head.apply(normalised);
    }

    /**
     * Logits of the masked patches only. The rows are picked before the final LayerNorm, which works row by row, so the others
     * are never computed.
     *
     * @param encoded output of the encoder
     * @param rows positions of the masked patches among all tokens of the batch, {@code sample·tokens + 1 + patch}
     * @param count integer [1]: how many of them are in use
     * @return [rows, vocabulary]
     */
    public Tensor maskedLogits(Graph graph, Encoder.Encoded encoded, Slot rows, Slot count) {
        return logits(normalise(Tokens.gather(encoded.last(), rows, count)));
    }
}
