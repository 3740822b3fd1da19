package beits.peer;

import static org.bytedeco.pytorch.global.torch.bmm_out;
import static org.bytedeco.pytorch.global.torch.gelu;
import static org.bytedeco.pytorch.global.torch.gelu_backward;
import static org.bytedeco.pytorch.global.torch.layer_norm;
import static org.bytedeco.pytorch.global.torch.matmul;
import static org.bytedeco.pytorch.global.torch.matmul_out;
import static org.bytedeco.pytorch.global.torch.ones;
import static org.bytedeco.pytorch.global.torch.rand;
import static org.bytedeco.pytorch.global.torch.scaled_dot_product_attention;
import static org.bytedeco.pytorch.global.torch.softmax;
import static org.bytedeco.pytorch.global.torch.zeros;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;

/** Single operations of LibTorch, for {@code beits benchmark kernels}. */
final class Operations {
    private Operations() {}

    /**
     * The operation.
     *
     * <pre>  matmul NN|NT|TN m n k          batched NN|NT batch m n k
     *   attention fused|parts batch tokens heads headSize
     *   gelu, gelu-backward, softmax, norm: rows columns</pre>
     */
    static Work of(String name, String variant, int[] sizes) {
        Work work = switch (name) {
            case "matmul" -> product(variant, sizes);
            case "batched" -> batched(variant, sizes);
            case "attention" -> attention(variant.equals("fused"), sizes);
            case "gelu" -> {
                Tensor x = rand(sizes[0], sizes[1]);
                yield () -> gelu(x);
            }
            case "gelu-backward" -> {
                Tensor x = rand(sizes[0], sizes[1]);
                Tensor dy = rand(sizes[0], sizes[1]);
                yield () -> gelu_backward(dy, x);
            }
            case "softmax" -> {
                Tensor x = rand(sizes[0], sizes[1]);
                yield () -> softmax(x, 1);
            }
            case "norm" -> {
                Tensor x = rand(sizes[0], sizes[1]);
                TensorOptional gamma = new TensorOptional(ones(sizes[1]));
                TensorOptional beta = new TensorOptional(zeros(sizes[1]));
                yield () -> layer_norm(x, new long[] {sizes[1]}, gamma, beta, 1e-6, false);
            }
            default -> throw new IllegalArgumentException(name);
        };
        return () -> {
            try (NoGradGuard inference = new NoGradGuard()) {
                work.run();
            }
        };
    }

    private static Work product(String transposes, int[] sizes) {
        int m = sizes[0];
        int n = sizes[1];
        int k = sizes[2];
        Tensor a = transposes.charAt(0) == 'T' ? rand(k, m).t() : rand(m, k);
        Tensor b = transposes.charAt(1) == 'T' ? rand(n, k).t() : rand(k, n);
        Tensor c = zeros(m, n);
        return () -> matmul_out(c, a, b);
    }

    private static Work batched(String transposes, int[] sizes) {
        int m = sizes[1];
        int n = sizes[2];
        int k = sizes[3];
        Tensor a = rand(sizes[0], m, k);
        Tensor b = transposes.charAt(1) == 'T' ? rand(sizes[0], n, k).transpose(1, 2) : rand(sizes[0], k, n);
        Tensor c = zeros(sizes[0], m, n);
        return () -> bmm_out(c, a, b);
    }

    /** From queries, keys and values side by side to heads side by side, as our kernel does it. */
    private static Work attention(boolean fused, int[] sizes) {
        int batch = sizes[0];
        int tokens = sizes[1];
        int heads = sizes[2];
        int size = sizes[3];
        Tensor all = rand(batch, tokens, 3, heads, size).permute(2, 0, 3, 1, 4);
        Tensor bias = rand(1, heads, tokens, tokens);
        Scalar scale = new Scalar((float) (1 / Math.sqrt(size)));
        return () -> {
            Tensor q = all.select(0, 0);
            Tensor k = all.select(0, 1);
            Tensor v = all.select(0, 2);
            Tensor mixed = fused
                    ? scaled_dot_product_attention(
                            q, k, v, new TensorOptional(bias), 0, false, new DoubleOptional(), false)
                    : matmul(softmax(matmul(q.mul(scale), k.transpose(2, 3)).add(bias), 3), v);
            mixed.transpose(1, 2).reshape(batch, tokens, (long) heads * size);
        };
    }
}
