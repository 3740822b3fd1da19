package beits.model;

import beits.autograd.Layout;
import beits.autograd.Tensor;
import beits.autograd.Tokens;
import beits.nn.LayerNorm;
import beits.nn.Linear;

/**
 * BEiT with a classification head (official {@code modeling_finetune.VisionTransformer}).
 */
public final class ImageClassifier {
    private final Encoder encoder;
    private final LayerNorm norm;
    private final Linear head;
    private final Pooling pooling;
    private final int classes;

    /** What the head looks at. */
    public enum Pooling {
        /** Mean of the patch tokens, without the class token and without the final norm, then {@code fc_norm}. */
        MEAN,
        /** The class token after the final {@code norm}. */
        CLASS_TOKEN
    }

    /**
     * Creates the parameters.
     *
     * @param classes number of classes
     * @param headScale factor of the head's start values (official {@code init_scale})
     */
    public ImageClassifier(Layout layout, BeitConfig config, int classes, Pooling pooling, double headScale) {
        if (classes < 1) {
            throw new IllegalArgumentException("classes = " + classes + " must be at least 1");
        }
        WeightInitialisation initialisation = WeightInitialisation.FINETUNING;
        this.encoder = new Encoder(layout, config, initialisation, false);
        this.norm = LayerNorm.create(
                layout, pooling == Pooling.MEAN ? "fc_norm" : "norm", config.width(), BeitConfig.EPSILON);
        this.head = Linear.create(layout, "head", config.width(), classes, true, initialisation.scaled(headScale));
        this.pooling = pooling;
        this.classes = classes;
    }

    /** The encoder. */
    public Encoder encoder() {
        return encoder;
    }

    /** Number of classes. */
    public int classes() {
        return classes;
    }

    /** What the head looks at. */
    public Pooling pooling() {
        return pooling;
    }

    /** Input of the head: [batch, width]. */
    public Tensor pool(Encoder.Encoded encoded) {
        Tensor x = encoded.last();
        return switch (pooling) {
            case MEAN -> norm.apply(Tokens.mean(x, 1));
            case CLASS_TOKEN -> {
                Tensor token = Tokens.slice(x, 0, 1);
                yield norm.apply(token.reshape(x.shape().extent(0), x.shape().extent(2)));
            }
        };
    }

    /** Logits [batch, classes] of pooled features. */
    public Tensor logits(Tensor pooled) {
        return head.apply(pooled);
    }
}
