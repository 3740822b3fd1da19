package beits.device.tornado;

import beits.device.tornado.kernel.CrossEntropyRows;
import beits.device.tornado.kernel.FlatLosses;
import beits.device.tornado.kernel.Sums;
import beits.device.tornado.kernel.VectorCrossEntropy;
import beits.device.tornado.kernel.VectorSums;
import beits.kernel.CrossEntropy;
import beits.kernel.CrossEntropyBackward;
import beits.kernel.Distance;
import beits.kernel.GradientNorm;
import beits.kernel.RegressionLoss;
import beits.kernel.RegressionLossBackward;
import beits.kernel.SoftCrossEntropy;
import beits.kernel.SoftCrossEntropyBackward;
import beits.kernel.UniformKl;
import beits.kernel.UniformKlBackward;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Losses, and other sums over everything. */
final class LossTasks {
    /** Elements that one work-item adds up. */
    private static final int CHUNK = 1024;

    private LossTasks() {}

    static List<KernelTask> crossEntropy(CrossEntropy k, Form form, Scratch room) {
        int rows = k.logits().shape().rows();
        Operand rowLoss = room.take(rows);
        Operand rowHit = room.take(rows);
        return List.of(
                form.crossEntropyRows(
                        rows,
                        k.logits().shape().columns(),
                        k.count() != null,
                        k.smoothing(),
                        Operand.of(k.logits()),
                        Operand.of(k.labels()),
                        Operand.of(k.count()),
                        Operand.of(k.lse()),
                        rowLoss,
                        rowHit),
                rowTotal(rows, k.count(), rowLoss, rowHit, k.loss(), k.hits()));
    }

    private static KernelTask rowTotal(
            int rows, @Nullable Slot count, Operand rowLoss, Operand rowHit, Slot loss, Slot hits) {
        return KernelTask.of(
                "crossEntropyTotal",
                Range.items(1),
                List.of(rowLoss, rowHit, Operand.of(count), Operand.of(loss), Operand.of(hits)),
                new int[] {rows, count == null ? 0 : 1, 1},
                (g, id, t) -> g.task(
                        id,
                        CrossEntropyRows::crossEntropyTotal,
                        t.floats(0, 1),
                        t.ints(2),
                        t.floats(3, 4),
                        t.places(),
                        t.sizes()));
    }

    static List<KernelTask> crossEntropyBackward(CrossEntropyBackward k, Form form) {
        int n = Math.toIntExact(k.logits().size());
        int rows = k.logits().shape().rows();
        return List.of(KernelTask.of(
                        form.vectors() ? "crossEntropyBackwardOfRows" : "crossEntropyBackward",
                        form.vectors() ? Range.single(rows) : Range.items(n),
                        List.of(
                                Operand.of(k.logits()),
                                Operand.of(k.labels()),
                                Operand.of(k.count()),
                                Operand.of(k.lse()),
                                Operand.of(k.dLoss()),
                                Operand.of(k.dLogits())),
                        new int[] {n, rows, k.logits().shape().columns(), k.count() == null ? 0 : 1},
                        form.vectors()
                                ? (g, id, t) -> g.task(
                                        id,
                                        VectorCrossEntropy::crossEntropyBackwardOfRows,
                                        t.floats(0),
                                        t.ints(1),
                                        t.ints(2),
                                        t.floats(3),
                                        t.floats(4),
                                        t.floats(5),
                                        t.places(),
                                        t.sizes(),
                                        t.constants())
                                : (g, id, t) -> g.task(
                                        id,
                                        CrossEntropyRows::crossEntropyBackward,
                                        t.floats(0),
                                        t.ints(1),
                                        t.ints(2),
                                        t.floats(3),
                                        t.floats(4),
                                        t.floats(5),
                                        t.places(),
                                        t.sizes(),
                                        t.constants()))
                .with(k.smoothing()));
    }

    static List<KernelTask> softCrossEntropy(SoftCrossEntropy k, Form form, Scratch room) {
        int rows = k.logits().shape().rows();
        Operand rowLoss = room.take(rows);
        Operand rowHit = room.take(rows);
        return List.of(
                form.softCrossEntropyRows(
                        rows,
                        k.logits().shape().columns(),
                        Operand.of(k.logits()),
                        Operand.of(k.targets()),
                        Operand.of(k.lse()),
                        rowLoss,
                        rowHit),
                rowTotal(rows, null, rowLoss, rowHit, k.loss(), k.hits()));
    }

    static List<KernelTask> softCrossEntropyBackward(SoftCrossEntropyBackward k, Form form) {
        int rows = k.logits().shape().rows();
        return List.of(KernelTask.of(
                "softCrossEntropyBackward",
                form.rows(rows),
                List.of(
                        Operand.of(k.logits()),
                        Operand.of(k.targets()),
                        Operand.of(k.lse()),
                        Operand.of(k.dLoss()),
                        Operand.of(k.dLogits())),
                new int[] {rows, k.logits().shape().columns()},
                (g, id, t) -> g.task(
                        id,
                        CrossEntropyRows::softCrossEntropyBackward,
                        t.floats(0),
                        t.floats(1),
                        t.floats(2),
                        t.floats(3),
                        t.floats(4),
                        t.places(),
                        t.sizes())));
    }

    private static int distance(Distance distance) {
        return switch (distance) {
            case SQUARED -> FlatLosses.SQUARED;
            case SMOOTH_L1 -> FlatLosses.SMOOTH_L1;
        };
    }

    static List<KernelTask> regression(RegressionLoss k, Scratch room) {
        int n = Math.toIntExact(k.x().size());
        int chunks = Math.ceilDiv(n, CHUNK);
        Operand partial = room.take(chunks);
        List<KernelTask> tasks = new ArrayList<>();
        tasks.add(KernelTask.of(
                "regressionPartials",
                Range.items(chunks),
                List.of(Operand.of(k.x()), Operand.of(k.target()), partial),
                new int[] {n, chunks, CHUNK, distance(k.distance())},
                (g, id, t) -> g.task(
                        id,
                        FlatLosses::regressionPartials,
                        t.floats(0),
                        t.floats(1),
                        t.floats(2),
                        t.places(),
                        t.sizes())));
        tasks.addAll(total(partial, chunks, k.loss(), 1.0 / n, Sums.SUM, room));
        return tasks;
    }

    static List<KernelTask> regressionBackward(RegressionLossBackward k) {
        int n = Math.toIntExact(k.x().size());
        return List.of(KernelTask.of(
                "regressionBackward",
                Range.items(n),
                List.of(Operand.of(k.x()), Operand.of(k.target()), Operand.of(k.dLoss()), Operand.of(k.dx())),
                new int[] {n, distance(k.distance())},
                (g, id, t) -> g.task(
                        id,
                        FlatLosses::regressionBackward,
                        t.floats(0),
                        t.floats(1),
                        t.floats(2),
                        t.floats(3),
                        t.places(),
                        t.sizes())));
    }

    static List<KernelTask> uniformKl(UniformKl k, Scratch room) {
        int n = Math.toIntExact(k.q().size());
        int chunks = Math.ceilDiv(n, CHUNK);
        Operand partial = room.take(chunks);
        List<KernelTask> tasks = new ArrayList<>();
        tasks.add(KernelTask.of(
                        "uniformKlPartials",
                        Range.items(chunks),
                        List.of(Operand.of(k.q()), partial),
                        new int[] {n, chunks, CHUNK},
                        (g, id, t) -> g.task(
                                id,
                                FlatLosses::uniformKlPartials,
                                t.floats(0),
                                t.floats(1),
                                t.places(),
                                t.sizes(),
                                t.constants()))
                .with(Math.log(k.q().shape().columns())));
        tasks.addAll(total(partial, chunks, k.loss(), 1, Sums.SUM, room));
        return tasks;
    }

    static List<KernelTask> uniformKlBackward(UniformKlBackward k) {
        int n = Math.toIntExact(k.q().size());
        return List.of(KernelTask.of(
                        "uniformKlBackward",
                        Range.items(n),
                        List.of(Operand.of(k.q()), Operand.of(k.dLoss()), Operand.of(k.dq())),
                        new int[] {n},
                        (g, id, t) -> g.task(
                                id,
                                FlatLosses::uniformKlBackward,
                                t.floats(0),
                                t.floats(1),
                                t.floats(2),
                                t.places(),
                                t.sizes(),
                                t.constants()))
                .with(Math.log(k.q().shape().columns())));
    }

    static List<KernelTask> gradientNorm(GradientNorm k, Form form, Scratch room) {
        int n = Math.toIntExact(k.gradients().size());
        int chunks = Math.ceilDiv(n, CHUNK);
        Operand partial = room.take(chunks);
        List<KernelTask> tasks = new ArrayList<>();
        tasks.add(KernelTask.of(
                form.vectors() ? "chunkSquaresOfVectors" : "chunkSquares",
                form.rows(chunks),
                List.of(Operand.of(k.gradients()), partial),
                new int[] {n, chunks, CHUNK},
                form.vectors()
                        ? (g, id, t) -> g.task(
                                id, VectorSums::chunkSquaresOfVectors, t.floats(0), t.floats(1), t.places(), t.sizes())
                        : (g, id, t) ->
                                g.task(id, Sums::chunkSquares, t.floats(0), t.floats(1), t.places(), t.sizes())));
        // By chunks again even when there are few: what is compiled must not change with the depth of a network.
        int sums = Math.ceilDiv(chunks, CHUNK);
        Operand shorter = room.take(sums);
        tasks.add(chunkSums(partial, chunks, shorter, sums));
        tasks.add(grandTotal(shorter, sums, k.norm(), 1, Sums.ROOT));
        return tasks;
    }

    /** {@code out = f(factor · Σ terms)}; a long sum is shortened by chunks first. */
    private static List<KernelTask> total(
            Operand terms, int count, Slot out, double factor, int function, Scratch room) {
        if (count <= 4 * CHUNK) {
            return List.of(grandTotal(terms, count, out, factor, function));
        }
        int sums = Math.ceilDiv(count, CHUNK);
        Operand shorter = room.take(sums);
        return List.of(chunkSums(terms, count, shorter, sums), grandTotal(shorter, sums, out, factor, function));
    }

    private static KernelTask chunkSums(Operand terms, int count, Operand sums, int chunks) {
        return KernelTask.of(
                "chunkSums",
                Range.items(chunks),
                List.of(terms, sums),
                new int[] {count, chunks, CHUNK},
                (g, id, t) -> g.task(id, Sums::chunkSums, t.floats(0), t.floats(1), t.places(), t.sizes()));
    }

    private static KernelTask grandTotal(Operand terms, int count, Slot out, double factor, int function) {
        return KernelTask.of(
                        "grandTotal",
                        Range.items(1),
                        List.of(terms, Operand.of(out)),
                        new int[] {count, function, 1},
                        (g, id, t) -> g.task(
                                id, Sums::grandTotal, t.floats(0), t.floats(1), t.places(), t.sizes(), t.constants()))
                .with(factor);
    }
}
