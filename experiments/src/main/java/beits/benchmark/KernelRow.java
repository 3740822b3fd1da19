package beits.benchmark;

import beits.kernel.AdamW;
import beits.kernel.Attention;
import beits.kernel.AttentionBackward;
import beits.kernel.Epilogue;
import beits.kernel.Kernel;
import beits.kernel.LayerNorm;
import beits.kernel.LayerNormBackward;
import beits.kernel.MatMul;
import beits.kernel.Softmax;
import beits.kernel.Unary;
import beits.kernel.UnaryBackward;
import beits.kernel.UnaryFunction;
import beits.model.BeitConfig;
import beits.tensor.Arena;
import beits.tensor.Shape;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;

/**
 * One kernel at the size that a model needs it at.
 *
 * @param name what it does in the model
 * @param kernel the kernel, its operands side by side in one arena
 */
public record KernelRow(String name, Kernel kernel) {
    /** The kernels that a training step of this model spends its time in, on batches of this size. */
    public static List<KernelRow> of(BenchmarkModel model, int batch) {
        BeitConfig config = model.config();
        int width = config.width();
        int hidden = (int) (width * config.mlpRatio());
        int tokens = config.patches() + 1;
        int heads = config.heads();
        int rows = batch * tokens;
        List<KernelRow> all = new ArrayList<>();
        products(all, "qkv", rows, width, 3 * width);
        products(all, "projection", rows, width, width);
        products(all, "mlp in", rows, width, hidden);
        products(all, "mlp out", rows, hidden, width);
        products(all, "token head", batch * model.maskPatches(), width, model.vocabulary());
        head(all, tokens, width / heads);
        attention(all, batch, tokens, heads, width / heads);
        Operands at = new Operands();
        all.add(new KernelRow("gelu", new Unary(UnaryFunction.GELU, at.next(rows, hidden), at.next(rows, hidden))));
        at = new Operands();
        all.add(new KernelRow(
                "gelu backward",
                new UnaryBackward(
                        UnaryFunction.GELU, at.next(rows, hidden), at.next(rows, hidden), at.next(rows, hidden))));
        layerNorm(all, rows, width);
        at = new Operands();
        int[] scores = {batch * heads * tokens, tokens};
        all.add(new KernelRow("softmax", new Softmax(at.next(scores), at.next(scores))));
        int values = config.depth() * (4 * width + 2 * hidden) * width;
        at = new Operands();
        all.add(new KernelRow(
                "adamw, all blocks",
                new AdamW(
                        at.next(values),
                        at.next(values),
                        at.next(values),
                        at.next(values),
                        at.next(4),
                        null,
                        0,
                        0.9,
                        0.98,
                        1e-8,
                        List.of(new AdamW.Slice(0, values, 1, true)))));
        return all;
    }

    /** The product that is also measured against its plain form: the smallest of a block's, since that form is slow. */
    public static KernelRow plainest(BenchmarkModel model, int batch) {
        return of(model, batch).stream()
                .filter(row -> row.name().equals("projection")
                        && row.kernel() instanceof MatMul product
                        && !product.transposeA()
                        && !product.transposeB())
                .findFirst()
                .orElseThrow();
    }

    /** What is computed and at which size. */
    public String label() {
        String size = kernel instanceof MatMul product
                ? "%dx%dx%d".formatted(product.m(), product.n(), product.k())
                : kernel.writes().getFirst().shape().toString();
        return "%s: %s %s".formatted(name, kernel.label(), size);
    }

    /** The three products of a linear layer: forward, gradient of its input, gradient of its weight. */
    private static void products(List<KernelRow> all, String name, int rows, int in, int out) {
        Operands at = new Operands();
        all.add(product(name, at.next(rows, in), at.next(out, in), at.next(rows, out), false, true));
        at = new Operands();
        all.add(product(name, at.next(rows, out), at.next(out, in), at.next(rows, in), false, false));
        at = new Operands();
        all.add(product(name, at.next(rows, out), at.next(rows, in), at.next(out, in), true, false));
    }

    /** The two products of one attention head: small ones, with an odd number of rows. */
    private static void head(List<KernelRow> all, int tokens, int headSize) {
        Operands at = new Operands();
        all.add(product(
                "head scores",
                at.next(tokens, headSize),
                at.next(tokens, headSize),
                at.next(tokens, tokens),
                false,
                true));
        at = new Operands();
        all.add(product(
                "head values",
                at.next(tokens, tokens),
                at.next(tokens, headSize),
                at.next(tokens, headSize),
                false,
                false));
    }

    private static KernelRow product(String name, Slot a, Slot b, Slot c, boolean transposeA, boolean transposeB) {
        return new KernelRow(name, new MatMul(a, b, c, transposeA, transposeB, false, new Epilogue.None()));
    }

    private static void attention(List<KernelRow> all, int batch, int tokens, int heads, int headSize) {
        int[] qkv = {batch, tokens, 3, heads, headSize};
        int[] out = {batch, tokens, heads, headSize};
        int[] bias = {heads, tokens, tokens};
        int[] probabilities = {batch, heads, tokens, tokens};
        double scale = 1 / Math.sqrt(headSize);
        Operands at = new Operands();
        all.add(new KernelRow(
                "attention", new Attention(at.next(qkv), at.next(bias), at.next(probabilities), at.next(out), scale)));
        at = new Operands();
        all.add(new KernelRow(
                "attention backward",
                new AttentionBackward(
                        at.next(qkv),
                        at.next(probabilities),
                        at.next(out),
                        at.next(qkv),
                        at.next(bias),
                        scale,
                        false)));
    }

    private static void layerNorm(List<KernelRow> all, int rows, int width) {
        Operands at = new Operands();
        all.add(new KernelRow(
                "norm",
                new LayerNorm(
                        at.next(rows, width),
                        at.next(width),
                        at.next(width),
                        at.next(rows, width),
                        at.next(rows),
                        at.next(rows),
                        1e-6)));
        at = new Operands();
        all.add(new KernelRow(
                "norm backward",
                new LayerNormBackward(
                        at.next(rows, width),
                        at.next(width),
                        at.next(rows),
                        at.next(rows),
                        at.next(rows, width),
                        at.next(rows, width),
                        at.next(width),
                        at.next(width),
                        false,
                        false)));
    }

    /** Deals out places in the arena of activations, one behind the other. */
    private static final class Operands {
        private long end;

        Slot next(int... extents) {
            Slot slot = new Slot(Arena.ACTIVATIONS, Slot.align(end), Shape.of(extents));
            end = slot.end();
            return slot;
        }
    }
}
