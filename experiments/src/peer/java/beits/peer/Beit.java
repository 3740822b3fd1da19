package beits.peer;

import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.cross_entropy_loss;
import static org.bytedeco.pytorch.global.torch.gelu;
import static org.bytedeco.pytorch.global.torch.layer_norm;
import static org.bytedeco.pytorch.global.torch.linear;
import static org.bytedeco.pytorch.global.torch.manual_seed;
import static org.bytedeco.pytorch.global.torch.matmul;
import static org.bytedeco.pytorch.global.torch.randn;
import static org.bytedeco.pytorch.global.torch.scaled_dot_product_attention;
import static org.bytedeco.pytorch.global.torch.softmax;
import static org.bytedeco.pytorch.global.torch.tensor;
import static org.bytedeco.pytorch.global.torch.zeros;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;

/**
 * BEiT on LibTorch, the work of {@code beits benchmark step} and {@code infer}: the same network with as many parameters, the same
 * loss, clipping and AdamW.
 */
final class Beit implements Work {
    private static final double EPS = 1e-6;

    private final boolean training;
    private final long patches;
    private final long columns;
    private final long width;
    private final long heads;
    private final long batch;
    private final int masked;
    private final boolean sdpa;
    private final List<Tensor> parameters = new ArrayList<>();
    private final Tensor embedWeight;
    private final Tensor embedBias;
    private final Tensor classToken;
    private final Tensor maskToken;
    private final List<Block> blocks = new ArrayList<>();
    private final Tensor table;
    private final Tensor normWeight;
    private final Tensor normBias;
    private final Tensor headWeight;
    private final Tensor headBias;
    private final Tensor index;
    private final Tensor pictures;
    private final Tensor mask;
    private final Tensor maskedRows;
    private final Tensor targets;
    private final Tensor noBias;
    private final Training optimiser;

    private record Block(
            Tensor norm1Weight,
            Tensor norm1Bias,
            Tensor qkv,
            Tensor qBias,
            Tensor vBias,
            Tensor table,
            Tensor proj,
            Tensor projBias,
            Tensor gamma1,
            Tensor norm2Weight,
            Tensor norm2Bias,
            Tensor fc1,
            Tensor fc1Bias,
            Tensor fc2,
            Tensor fc2Bias,
            Tensor gamma2) {}

    /**
     * Makes the network.
     *
     * @param training a step of masked image modelling, or else classification
     * @param sizes image, patch, channels, width, depth, heads, vocabulary or classes, masked patches of a picture, batch
     * @param sdpa attention as LibTorch's fused operation, or else in parts
     */
    Beit(boolean training, int[] sizes, boolean sdpa) {
        this.training = training;
        this.sdpa = sdpa;
        long image = sizes[0];
        long patch = sizes[1];
        long channels = sizes[2];
        width = sizes[3];
        int depth = sizes[4];
        heads = sizes[5];
        int vocabulary = sizes[6];
        masked = sizes[7];
        batch = sizes[8];
        manual_seed(7);
        long grid = image / patch;
        patches = grid * grid;
        columns = channels * patch * patch;
        embedWeight = parameter(width, columns);
        embedBias = parameter(width);
        classToken = parameter(1, 1, width);
        maskToken = training ? parameter(1, 1, width) : zeros(1);
        long rows = (2 * grid - 1) * (2 * grid - 1) + 3;
        for (int i = 0; i < depth; i++) {
            blocks.add(new Block(
                    ones(width),
                    parameter(width),
                    parameter(3 * width, width),
                    parameter(width),
                    parameter(width),
                    training ? zeros(1) : parameter(rows, heads),
                    parameter(width, width),
                    parameter(width),
                    ones(width),
                    ones(width),
                    parameter(width),
                    parameter(4 * width, width),
                    parameter(4 * width),
                    parameter(width, 4 * width),
                    parameter(width),
                    ones(width)));
        }
        table = training ? parameter(rows, heads) : zeros(1);
        normWeight = ones(width);
        normBias = parameter(width);
        headWeight = parameter(vocabulary, width);
        headBias = parameter(vocabulary);
        index = tensor(index((int) grid, (int) rows));
        pictures = randn(batch, patches, columns);
        float[] hidden = new float[(int) (batch * patches)];
        long[] rowsOfMasked = new long[(int) batch * masked];
        long[] words = new long[rowsOfMasked.length];
        Random random = new Random(7);
        for (int b = 0; b < batch; b++) {
            for (int i = 0; i < masked; i++) {
                hidden[(int) (b * patches) + i] = 1;
                rowsOfMasked[b * masked + i] = b * patches + i;
                words[b * masked + i] = random.nextInt(vocabulary);
            }
        }
        mask = tensor(hidden).view(batch, patches, 1);
        maskedRows = masked == 0 ? zeros(1) : tensor(rowsOfMasked);
        targets = masked == 0 ? zeros(1) : tensor(words);
        noBias = zeros(width);
        optimiser = training ? new Training(parameters, 3) : null;
    }

    private Tensor parameter(long... shape) {
        Tensor made = randn(shape).mul(new Scalar(0.02f)).set_requires_grad(training);
        parameters.add(made);
        return made;
    }

    private Tensor ones(long size) {
        Tensor made = org.bytedeco.pytorch.global.torch.ones(size).set_requires_grad(training);
        parameters.add(made);
        return made;
    }

    /** Row of the relative position table for each pair of tokens, class token first. */
    private static long[] index(int grid, int rows) {
        int tokens = grid * grid + 1;
        long[] result = new long[tokens * tokens];
        for (int q = 0; q < tokens; q++) {
            for (int k = 0; k < tokens; k++) {
                int at = q * tokens + k;
                if (q == 0 || k == 0) {
                    result[at] = q == 0 && k == 0 ? rows - 1 : q == 0 ? rows - 3 : rows - 2;
                } else {
                    int dy = (q - 1) / grid - (k - 1) / grid + grid - 1;
                    int dx = (q - 1) % grid - (k - 1) % grid + grid - 1;
                    result[at] = dy * (2 * grid - 1) + dx;
                }
            }
        }
        return result;
    }

    private Tensor bias(Tensor rows) {
        long tokens = patches + 1;
        return rows.index_select(0, index)
                .view(tokens, tokens, heads)
                .permute(2, 0, 1)
                .unsqueeze(0);
    }

    private static Tensor norm(Tensor x, Tensor weight, Tensor bias, long width) {
        return layer_norm(x, new long[] {width}, new TensorOptional(weight), new TensorOptional(bias), EPS, false);
    }

    private Tensor attention(Block block, Tensor x, Tensor bias) {
        long tokens = patches + 1;
        long size = width / heads;
        Tensor all = linear(x, block.qkv, cat(new TensorVector(block.qBias, noBias, block.vBias), 0))
                .view(batch, tokens, 3, heads, size)
                .permute(2, 0, 3, 1, 4);
        Tensor q = all.select(0, 0);
        Tensor k = all.select(0, 1);
        Tensor v = all.select(0, 2);
        Tensor mixed;
        if (sdpa) {
            mixed = scaled_dot_product_attention(
                    q, k, v, new TensorOptional(bias), 0, false, new DoubleOptional(), false);
        } else {
            Tensor scores = matmul(q.mul(new Scalar((float) (1 / Math.sqrt(size)))), k.transpose(2, 3))
                    .add(bias);
            mixed = matmul(softmax(scores, 3), v);
        }
        return linear(mixed.transpose(1, 2).reshape(batch, tokens, width), block.proj, block.projBias);
    }

    private Tensor encode() {
        Tensor x = linear(pictures, embedWeight, embedBias);
        if (training) {
            x = x.mul(mask.neg().add(new Scalar(1f))).add(maskToken.mul(mask));
        }
        x = cat(new TensorVector(classToken.expand(batch, 1, width), x), 1);
        Tensor shared = training ? bias(table) : null;
        for (Block block : blocks) {
            Tensor bias = shared == null ? bias(block.table) : shared;
            Tensor attended = attention(block, norm(x, block.norm1Weight, block.norm1Bias, width), bias);
            x = x.add(attended.mul(block.gamma1));
            Tensor hidden = gelu(linear(norm(x, block.norm2Weight, block.norm2Bias, width), block.fc1, block.fc1Bias));
            x = x.add(linear(hidden, block.fc2, block.fc2Bias).mul(block.gamma2));
        }
        return x;
    }

    private Tensor patchTokens(Tensor x) {
        return x.narrow(1, 1, patches);
    }

    @Override
    public long parameters() {
        return parameters.stream().mapToLong(Tensor::numel).sum();
    }

    @Override
    public void run() {
        if (optimiser == null) {
            classify();
        } else {
            train(optimiser);
        }
    }

    private void train(Training with) {
        with.begin();
        Tensor x = norm(encode(), normWeight, normBias, width);
        Tensor rows = patchTokens(x).reshape(batch * patches, width).index_select(0, maskedRows);
        with.end(cross_entropy_loss(linear(rows, headWeight, headBias), targets));
    }

    private void classify() {
        try (NoGradGuard inference = new NoGradGuard()) {
            Tensor pooled = norm(patchTokens(encode()).mean(1), normWeight, normBias, width);
            linear(pooled, headWeight, headBias).sum().item_float();
        }
    }
}
