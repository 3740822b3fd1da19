package beits.tokenizer;

import beits.autograd.Elements;
import beits.autograd.Graph;
import beits.autograd.Losses;
import beits.autograd.Tensor;
import beits.autograd.Tokens;
import beits.kernel.Distance;
import beits.tensor.Slot;
import org.jspecify.annotations.Nullable;

/**
 * What the dVAE is trained for (official {@code DiscreteVAE.forward}; Gumbel-softmax: Jang et al. 2017, Maddison et al. 2017).
 *
 * <pre>  code = softmax((logits + noise) / temperature), or its unit vector with the gradient of the former (straight-through)
 *   loss = distance(pictures, decode(code·codebook)) + klWeight · KL + usageWeight · usage
 *   KL    = Σ_rows KL(softmax(logits) ‖ uniform), a sum over the batch as in the official code
 *   usage = KL(mean_rows softmax(logits) ‖ uniform), in nats: 0 when the batch uses all words alike, log K when it uses one</pre>
 *
 * KL wants every single position undecided; usage only wants that different positions choose different words, which is what
 * keeps the codebook from collapsing to a few words. The official code has no usage term.
 *
 * @param smoothL1 smooth L1 distance instead of the squared one
 * @param straightThrough unit vectors forward, soft gradient backward
 * @param klWeight weight of KL, 0 for none
 * @param usageWeight weight of usage, 0 for none
 */
public record DiscreteVaeLoss(boolean smoothL1, boolean straightThrough, double klWeight, double usageWeight) {
    /** The defaults of the official class: squared distance alone. */
    public static final DiscreteVaeLoss OFFICIAL = new DiscreteVaeLoss(false, false, 0, 0);

    public DiscreteVaeLoss {
        if (!(klWeight >= 0)) {
            throw new IllegalArgumentException("klWeight = " + klWeight + " must be 0 for none, or above");
        }
        if (!(usageWeight >= 0)) {
            throw new IllegalArgumentException("usageWeight = " + usageWeight + " must be 0 for none, or above");
        }
    }

    /**
     * What the host writes before each run, and where choices are kept.
     *
     * @param pictures [batch, channels, imageSize, imageSize], mapped as the model wants it
     * @param noise [batch, grid, grid, tokens]: standard Gumbel draws
     * @param inverseTemperature [1]: 1 / temperature of the Gumbel-softmax
     * @param choice integers [batch·grid·grid]: word of the unit vector, when straight-through
     */
    public record Inputs(Slot pictures, Slot noise, Slot inverseTemperature, Slot choice) {
        /** Room for batches of one size. */
        public static Inputs create(DiscreteVae model, int batch) {
            int side = model.viewSize();
            int grid = model.grid();
            return new Inputs(
                    model.layout().input(batch, model.channels(), side, side),
                    model.layout().input(batch, grid, grid, model.vocabulary()),
                    model.layout().input(1),
                    model.layout().indexes(batch * grid * grid));
        }
    }

    /**
     * The recorded objective.
     *
     * @param logits [batch, grid, grid, tokens]
     * @param soft [batch, grid, grid, tokens]: the Gumbel-softmax
     * @param code [batch, grid, grid, tokens]: what was mixed from the codebook, {@code soft} or its unit vectors
     * @param reconstruction [batch, channels, imageSize, imageSize]
     * @param reconstructionLoss mean distance [1]
     * @param kl unweighted [1], or none
     * @param usage unweighted [1], or none
     * @param loss weighted sum [1]
     */
    public record Recorded(
            Tensor logits,
            Tensor soft,
            Tensor code,
            Tensor reconstruction,
            Tensor reconstructionLoss,
            @Nullable Tensor kl,
            @Nullable Tensor usage,
            Tensor loss) {}

    /** Records the loss of a batch; the caller adds the backward pass. */
    public Recorded record(Graph graph, DiscreteVae model, Inputs inputs) {
        Tensor pictures = graph.constant(inputs.pictures);
        Tensor logits = model.logits(pictures);

        graph.section("code");
        Tensor disturbed = Elements.add(logits, graph.constant(inputs.noise));
        Tensor soft = Elements.softmax(Elements.scaleBy(disturbed, graph.constant(inputs.inverseTemperature)));
        Tensor code = soft;
        if (straightThrough) {
            Tokens.argMax(soft, inputs.choice);
            Tensor hard = Tokens.oneHot(graph, inputs.choice, model.vocabulary())
                    .reshape(soft.shape().extents());
            code = Elements.straightThrough(hard, soft);
        }
        Tensor reconstruction = model.decode(model.embed(code));

        graph.section("loss");
        Distance distance = smoothL1 ? Distance.SMOOTH_L1 : Distance.SQUARED;
        Tensor reconstructionLoss = Losses.regression(distance, reconstruction, pictures);
        Tensor loss = reconstructionLoss;
        Tensor kl = null;
        Tensor usage = null;
        if (klWeight > 0 || usageWeight > 0) {
            Tensor probabilities = Elements.softmax(logits);
            if (klWeight > 0) {
                kl = Losses.uniformKl(probabilities);
                loss = Elements.add(loss, Elements.scale(kl, klWeight));
            }
            if (usageWeight > 0) {
                int rows = probabilities.shape().rows();
                Tensor mean = Tokens.mean(probabilities.reshape(1, rows, model.vocabulary()), 0);
                usage = Losses.uniformKl(mean);
                loss = Elements.add(loss, Elements.scale(usage, usageWeight));
            }
        }
        return new Recorded(logits, soft, code, reconstruction, reconstructionLoss, kl, usage, loss);
    }
}
