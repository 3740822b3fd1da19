package beits.peer;

import static org.bytedeco.pytorch.global.torch.argmax;
import static org.bytedeco.pytorch.global.torch.matmul;
import static org.bytedeco.pytorch.global.torch.mse_loss;
import static org.bytedeco.pytorch.global.torch.rand;
import static org.bytedeco.pytorch.global.torch.relu;
import static org.bytedeco.pytorch.global.torch.softmax;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The trainable dVAE, in the shape of {@code beits.tokenizer.DiscreteVae}: its encoder alone, to tokens of pictures, or a training
 * step with Gumbel-softmax at temperature 0.9, squared distance and AdamW.
 */
final class DiscreteVae implements Work {
    private static final float TEMPERATURE = 0.9f;

    private final Convolutions made;
    private final Tensor codebook;
    private final List<Stage> down = new ArrayList<>();
    private final Convolutions.Layer toLogits;
    private final List<Stage> up = new ArrayList<>();
    private final Convolutions.Layer toPixels;
    private final Tensor pictures;
    private final Training optimiser;

    private record Residual(Convolutions.Layer first, Convolutions.Layer second, Convolutions.Layer last) {
        Tensor apply(Tensor x) {
            return last.apply(relu(second.apply(relu(first.apply(x))))).add(x);
        }
    }

    private record Stage(Convolutions.Layer convolution, List<Residual> blocks) {
        Tensor refine(Tensor x) {
            Tensor y = relu(x);
            for (Residual block : blocks) {
                y = block.apply(y);
            }
            return y;
        }
    }

    /** Sizes: image, channels, tokens, width of a word, layers, hidden channels, residual blocks, batch. */
    DiscreteVae(boolean training, int[] sizes, boolean channelsLast) {
        made = new Convolutions(training, channelsLast);
        int channels = sizes[1];
        int tokens = sizes[2];
        int word = sizes[3];
        int hidden = sizes[5];
        int residual = sizes[6];
        codebook = training ? made.parameter(tokens, word) : null;
        for (int i = 0; i < sizes[4]; i++) {
            down.add(new Stage(made.layer(i == 0 ? channels : hidden, hidden, 4, 2, 1), blocks(hidden, residual)));
        }
        toLogits = made.layer(hidden, tokens, 1, 1, 0);
        for (int i = 0; training && i < sizes[4]; i++) {
            up.add(new Stage(made.transposed(i == 0 ? word : hidden, hidden, 4, 1), blocks(hidden, residual)));
        }
        toPixels = training ? made.layer(hidden, channels, 1, 1, 0) : null;
        pictures = made.laidOut(rand(sizes[7], channels, sizes[0], sizes[0]));
        optimiser = training ? new Training(made.parameters(), 0) : null;
    }

    private List<Residual> blocks(int width, int count) {
        List<Residual> blocks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            blocks.add(new Residual(
                    made.layer(width, width, 3, 1, 1),
                    made.layer(width, width, 3, 1, 1),
                    made.layer(width, width, 1, 1, 0)));
        }
        return blocks;
    }

    @Override
    public long parameters() {
        return made.parameters().stream().mapToLong(Tensor::numel).sum();
    }

    @Override
    public void run() {
        if (optimiser == null) {
            try (NoGradGuard inference = new NoGradGuard()) {
                argmax(logits(), new LongOptional(1), false);
            }
            return;
        }
        optimiser.begin();
        Tensor scores = logits();
        Tensor noise = rand(scores.sizes())
                .clamp_min_(new Scalar(1e-20f))
                .log_()
                .neg_()
                .log_()
                .neg_();
        Tensor soft = softmax(scores.add(noise).div(new Scalar(TEMPERATURE)), 1);
        Tensor x = matmul(soft.permute(0, 2, 3, 1), codebook).permute(0, 3, 1, 2);
        for (Stage stage : up) {
            x = stage.refine(stage.convolution.enlarge(x));
        }
        optimiser.end(mse_loss(toPixels.apply(x), pictures));
    }

    /** Scores [batch, tokens, grid, grid]. */
    private Tensor logits() {
        Tensor x = pictures;
        for (Stage stage : down) {
            x = stage.refine(stage.convolution.apply(x));
        }
        return toLogits.apply(x);
    }
}
