package beits.peer;

import static org.bytedeco.pytorch.global.torch.argmax;
import static org.bytedeco.pytorch.global.torch.max_pool2d;
import static org.bytedeco.pytorch.global.torch.rand;
import static org.bytedeco.pytorch.global.torch.relu;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** DALL-E's encoder from mapped pictures to tokens, in the shape of {@code beits.tokenizer.DallE}. */
final class DallEEncoder implements Work {
    private static final int GROUPS = 4;

    private final Convolutions made;
    private final Convolutions.Layer input;
    private final List<Block> blocks = new ArrayList<>();
    private final int blocksOfGroup;
    private final Convolutions.Layer output;
    private final Tensor pictures;
    private final Scalar gain;

    private record Block(Convolutions.Layer identity, List<Convolutions.Layer> branch) {
        Tensor apply(Tensor x, Scalar gain) {
            Tensor y = x;
            for (Convolutions.Layer layer : branch) {
                y = layer.apply(relu(y));
            }
            return (identity == null ? x : identity.apply(x)).add(y, gain);
        }
    }

    /** Sizes: image, width, blocks of a group, vocabulary, batch. */
    DallEEncoder(int[] sizes, boolean channelsLast) {
        made = new Convolutions(false, channelsLast);
        int width = sizes[1];
        blocksOfGroup = sizes[2];
        input = made.layer(3, width, 7, 1, 3);
        int in = width;
        for (int group = 0; group < GROUPS; group++) {
            int out = width << group;
            for (int i = 0; i < blocksOfGroup; i++) {
                Convolutions.Layer identity = in == out ? null : made.layer(in, out, 1, 1, 0);
                blocks.add(new Block(
                        identity,
                        List.of(
                                made.layer(in, out / 4, 3, 1, 1),
                                made.layer(out / 4, out / 4, 3, 1, 1),
                                made.layer(out / 4, out / 4, 3, 1, 1),
                                made.layer(out / 4, out, 1, 1, 0))));
                in = out;
            }
        }
        output = made.layer(in, sizes[3], 1, 1, 0);
        pictures = made.laidOut(rand(sizes[4], 3, sizes[0], sizes[0]));
        double count = (double) GROUPS * blocksOfGroup;
        gain = new Scalar((float) (1 / (count * count)));
    }

    @Override
    public long parameters() {
        return made.parameters().stream().mapToLong(Tensor::numel).sum();
    }

    @Override
    public void run() {
        try (NoGradGuard inference = new NoGradGuard()) {
            Tensor x = input.apply(pictures);
            for (int i = 0; i < blocks.size(); i++) {
                x = blocks.get(i).apply(x, gain);
                if ((i + 1) % blocksOfGroup == 0 && i + 1 < blocks.size()) {
                    x = max_pool2d(x, 2, 2);
                }
            }
            argmax(output.apply(relu(x)), new LongOptional(1), false);
        }
    }
}
