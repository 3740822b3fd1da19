package beits.peer;

import static org.bytedeco.pytorch.global.torch.clip_grad_norm_;

import java.util.List;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;

/** What surrounds forward and loss in a training step: gradients set to nothing, backward, clipping, AdamW. */
final class Training {
    private final TensorVector all;
    private final AdamW optimiser;
    private final double clip;

    /** Of these parameters; {@code clip} is the largest norm of the gradient, 0 for any. */
    Training(List<Tensor> parameters, double clip) {
        this.clip = clip;
        all = new TensorVector(parameters.toArray(Tensor[]::new));
        AdamWOptions options = new AdamWOptions(1e-4);
        options.weight_decay().put(0.05);
        optimiser = new AdamW(all, options);
    }

    void begin() {
        optimiser.zero_grad();
    }

    void end(Tensor loss) {
        loss.backward();
        if (clip > 0) {
            clip_grad_norm_(all, clip);
        }
        optimiser.step();
        loss.item_float();
    }
}
