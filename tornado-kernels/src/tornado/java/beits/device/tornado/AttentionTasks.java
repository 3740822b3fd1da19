package beits.device.tornado;

import beits.device.tornado.Form.Product;
import beits.device.tornado.Form.Strides;
import beits.device.tornado.kernel.RelativeBias;
import beits.device.tornado.kernel.SoftmaxRows;
import beits.kernel.Attention;
import beits.kernel.AttentionBackward;
import beits.kernel.Epilogue;
import beits.kernel.MatMul;
import beits.kernel.RelativePositionBias;
import beits.kernel.RelativePositionBiasBackward;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Matrix products, and attention as products and a softmax between them. */
final class AttentionTasks {
    private AttentionTasks() {}

    static List<KernelTask> matMul(MatMul k, Form form, Scratch room) {
        Operand c = Operand.of(k.c());
        int count = Math.toIntExact(k.c().size());
        List<KernelTask> tasks = new ArrayList<>();
        switch (k.epilogue()) {
            case Epilogue.None none -> {
                Operand product = k.accumulate() ? room.take(count) : c;
                tasks.addAll(product(k, form, product, null, room));
                if (k.accumulate()) {
                    tasks.add(ElementTasks.add(count, c, product, c));
                }
            }
            case Epilogue.Bias e -> tasks.addAll(product(k, form, c, e.bias(), room));
            case Epilogue.BiasRelu e -> {
                tasks.addAll(product(k, form, c, e.bias(), room));
                tasks.add(ElementTasks.relu(count, c, c));
            }
            case Epilogue.BiasGelu e -> {
                Operand input = Operand.of(e.input());
                tasks.addAll(product(k, form, input, e.bias(), room));
                tasks.add(ElementTasks.gelu(form, count, input, c));
            }
        }
        return tasks;
    }

    private static List<KernelTask> product(MatMul k, Form form, Operand c, @Nullable Slot bias, Scratch room) {
        Product product = new Product(
                k.m(),
                k.n(),
                k.k(),
                k.transposeA(),
                k.transposeB(),
                Strides.of(k.a().shape().columns()),
                Strides.of(k.b().shape().columns()),
                Strides.of(k.n()),
                1,
                1,
                1,
                bias != null);
        return form.product(product, Operand.of(k.a()), Operand.of(k.b()), c, Operand.of(bias), room);
    }

    /**
     * The products of attention: one a picture and head, of matrices that lie within [batch, tokens, 3, heads, headSize], [batch,
     * tokens, heads, headSize] and [batch, heads, tokens, tokens].
     */
    private record Heads(int batch, int tokens, int heads, int size) {
        Strides qkv() {
            return new Strides(3 * heads * size, tokens * 3 * heads * size, size);
        }

        Strides out() {
            return new Strides(heads * size, tokens * heads * size, size);
        }

        Strides scores() {
            return new Strides(tokens, heads * tokens * tokens, tokens * tokens);
        }

        /** Elements from the queries to the keys and from those to the values. */
        long part() {
            return (long) heads * size;
        }

        int rows() {
            return Math.multiplyExact(batch * heads, tokens);
        }

        long scoresSize() {
            return (long) batch * heads * tokens * tokens;
        }

        Product product(
                int m,
                int n,
                int k,
                boolean transposeA,
                boolean transposeB,
                Strides a,
                Strides b,
                Strides c,
                double alpha) {
            return new Product(m, n, k, transposeA, transposeB, a, b, c, batch, heads, alpha, false);
        }
    }

    static List<KernelTask> forward(Attention k, Form form, Scratch room) {
        Heads h = new Heads(k.batch(), k.tokens(), k.heads(), k.headSize());
        int t = h.tokens();
        Operand q = Operand.of(k.qkv());
        Operand p = k.probabilities() == null ? room.take(h.scoresSize()) : Operand.of(k.probabilities());
        List<KernelTask> tasks = new ArrayList<>();
        tasks.addAll(form.product(
                h.product(t, t, h.size(), false, true, h.qkv(), h.qkv(), h.scores(), k.scale()),
                q,
                q.plus(h.part()),
                p,
                Operand.NONE,
                room));
        tasks.add(form.attentionSoftmax(h.rows(), t, k.bias() == null ? 0 : h.heads() * t, p, Operand.of(k.bias())));
        tasks.addAll(form.product(
                h.product(t, h.size(), t, false, false, h.scores(), h.qkv(), h.out(), 1),
                p,
                q.plus(2 * h.part()),
                Operand.of(k.out()),
                Operand.NONE,
                room));
        return tasks;
    }

    static List<KernelTask> backward(AttentionBackward k, Form form, Scratch room) {
        Heads h = new Heads(k.batch(), k.tokens(), k.heads(), k.headSize());
        int t = h.tokens();
        int d = h.size();
        Operand q = Operand.of(k.qkv());
        Operand dq = Operand.of(k.dQkv());
        Operand p = Operand.of(k.probabilities());
        Operand dOut = Operand.of(k.dOut());
        Operand ds = room.take(h.scoresSize());
        List<KernelTask> tasks = new ArrayList<>();
        // dv = pᵀ · dOut
        tasks.addAll(form.product(
                h.product(t, d, t, true, false, h.scores(), h.out(), h.qkv(), 1),
                p,
                dOut,
                dq.plus(2 * h.part()),
                Operand.NONE,
                room));
        // dp = dOut · vᵀ, then ds from it in place
        tasks.addAll(form.product(
                h.product(t, t, d, false, true, h.out(), h.qkv(), h.scores(), 1),
                dOut,
                q.plus(2 * h.part()),
                ds,
                Operand.NONE,
                room));
        tasks.add(form.softmaxBackward(h.rows(), t, p, ds, ds));
        // dq = scale · ds · k, dk = scale · dsᵀ · q
        tasks.addAll(form.product(
                h.product(t, d, t, false, false, h.scores(), h.qkv(), h.qkv(), k.scale()),
                ds,
                q.plus(h.part()),
                dq,
                Operand.NONE,
                room));
        tasks.addAll(form.product(
                h.product(t, d, t, true, false, h.scores(), h.qkv(), h.qkv(), k.scale()),
                ds,
                q,
                dq.plus(h.part()),
                Operand.NONE,
                room));
        if (k.dBias() != null) {
            int n = Math.toIntExact(k.dBias().size());
            tasks.add(KernelTask.of(
                    "attentionBiasBackward",
                    Range.items(n),
                    List.of(ds, Operand.of(k.dBias())),
                    new int[] {h.batch(), n, k.accumulateBias() ? 1 : 0},
                    (g, id, a) -> g.task(
                            id, SoftmaxRows::attentionBiasBackward, a.floats(0), a.floats(1), a.places(), a.sizes())));
        }
        return tasks;
    }

    static List<KernelTask> relativeBias(RelativePositionBias k) {
        int n = Math.toIntExact(k.bias().size());
        return List.of(KernelTask.of(
                "relativeBiasForward",
                Range.items(n),
                List.of(Operand.of(k.table()), Operand.of(k.bias())),
                new int[] {n, k.bias().shape().columns(), k.table().shape().columns(), k.gridHeight(), k.gridWidth()},
                (g, id, t) -> g.task(
                        id, RelativeBias::relativeBiasForward, t.floats(0), t.floats(1), t.places(), t.sizes())));
    }

    static List<KernelTask> relativeBiasBackward(RelativePositionBiasBackward k) {
        int n = Math.toIntExact(k.dTable().size());
        return List.of(KernelTask.of(
                "relativeBiasBackward",
                Range.items(n),
                List.of(Operand.of(k.dBias()), Operand.of(k.dTable())),
                new int[] {
                    n,
                    k.dBias().shape().columns(),
                    k.dTable().shape().columns(),
                    k.gridHeight(),
                    k.gridWidth(),
                    k.accumulate() ? 1 : 0
                },
                (g, id, t) -> g.task(
                        id, RelativeBias::relativeBiasBackward, t.floats(0), t.floats(1), t.places(), t.sizes())));
    }
}
