package beits.device.tornado;

import beits.device.tornado.kernel.CrossEntropyRows;
import beits.device.tornado.kernel.LayerNormRows;
import beits.device.tornado.kernel.Products;
import beits.device.tornado.kernel.SoftmaxRows;
import beits.device.tornado.kernel.VectorCrossEntropy;
import beits.device.tornado.kernel.VectorProducts;
import java.util.List;

/** Parallel loops over tiles of vectors and over rows. */
sealed class VectorForm implements Form permits ExampleForm {
    @Override
    public List<KernelTask> product(Product p, Operand a, Operand b, Operand c, Operand bias, Scratch room) {
        int rows = VectorProducts.ROWS;
        int columns = VectorProducts.COLUMNS;
        if (p.m() < rows || p.n() < columns) {
            return List.of(plainProduct(p, a, b, c, bias));
        }
        int batch = Math.toIntExact(p.batch());
        int panelsOfA = batch * Math.ceilDiv(p.m(), rows);
        int panelsOfB = batch * Math.ceilDiv(p.n(), columns);
        Operand packedA = room.take((long) panelsOfA * rows * p.k());
        Operand packedB = room.take((long) panelsOfB * columns * p.k());
        return List.of(
                pack(p, p.a(), p.m(), rows, p.transposeA(), panelsOfA, a, packedA),
                pack(p, p.b(), p.n(), columns, !p.transposeB(), panelsOfB, b, packedB),
                KernelTask.of(
                                "productOfPanels",
                                new Range(panelsOfA, Math.ceilDiv(p.n(), columns), 1, 1),
                                List.of(packedA, packedB, bias, c),
                                p.sizes(),
                                (g, id, t) -> g.task(
                                        id,
                                        VectorProducts::productOfPanels,
                                        t.floats(0, 1),
                                        t.floats(2),
                                        t.floats(3),
                                        t.places(),
                                        t.sizes(),
                                        t.constants()))
                        .with(p.alpha()));
    }

    /** @param acrossRows whether the lines lie side by side within the rows of x */
    private static KernelTask pack(
            Product p, Strides x, int lines, int width, boolean acrossRows, int panels, Operand from, Operand to) {
        int[] sizes = {
            lines,
            width,
            p.k(),
            acrossRows ? 1 : x.row(),
            acrossRows ? x.row() : 1,
            p.outer(),
            p.inner(),
            x.outer(),
            x.inner()
        };
        return KernelTask.of(
                "packPanels",
                Range.single(Math.ceilDiv(p.k(), Products.PACKED_STEPS), panels),
                List.of(from, to),
                sizes,
                (g, id, t) -> g.task(id, Products::packPanels, t.floats(0), t.floats(1), t.places(), t.sizes()));
    }

    /** Results smaller than a tile. */
    static KernelTask plainProduct(Product p, Operand a, Operand b, Operand c, Operand bias) {
        return KernelTask.of(
                        "productPlain",
                        Range.items(p.batch() * p.m(), p.n()),
                        List.of(a, b, bias, c),
                        p.sizes(),
                        (g, id, t) -> g.task(
                                id,
                                Products::productPlain,
                                t.floats(0),
                                t.floats(1),
                                t.floats(2),
                                t.floats(3),
                                t.places(),
                                t.sizes(),
                                t.constants()))
                .with(p.alpha());
    }

    @Override
    public KernelTask softmax(int rows, int columns, Operand x, Operand y) {
        return KernelTask.of(
                "softmaxForward",
                Range.single(rows),
                List.of(x, y),
                new int[] {rows, columns},
                (g, id, t) -> g.task(id, SoftmaxRows::softmaxForward, t.floats(0), t.floats(1), t.places(), t.sizes()));
    }

    @Override
    public KernelTask softmaxBackward(int rows, int columns, Operand y, Operand dy, Operand dx) {
        return KernelTask.of(
                "softmaxBackward",
                Range.single(rows),
                List.of(y, dy, dx),
                new int[] {rows, columns},
                (g, id, t) -> g.task(
                        id,
                        SoftmaxRows::softmaxBackward,
                        t.floats(0),
                        t.floats(1),
                        t.floats(2),
                        t.places(),
                        t.sizes()));
    }

    @Override
    public KernelTask attentionSoftmax(int rows, int columns, int biasRows, Operand scores, Operand bias) {
        return KernelTask.of(
                "attentionSoftmax",
                Range.single(rows),
                List.of(bias, scores),
                new int[] {rows, columns, biasRows},
                (g, id, t) ->
                        g.task(id, SoftmaxRows::attentionSoftmax, t.floats(0), t.floats(1), t.places(), t.sizes()));
    }

    @Override
    public KernelTask layerNorm(
            int rows,
            int columns,
            double epsilon,
            Operand x,
            Operand gamma,
            Operand beta,
            Operand y,
            Operand mean,
            Operand rstd) {
        return KernelTask.of(
                        "layerNormForward",
                        Range.single(rows),
                        List.of(x, gamma, beta, y, mean, rstd),
                        new int[] {rows, columns},
                        (g, id, t) -> g.task(
                                id,
                                LayerNormRows::layerNormForward,
                                t.floats(0),
                                t.floats(1),
                                t.floats(2),
                                t.floats(3, 4, 5),
                                t.places(),
                                t.sizes(),
                                t.constants()))
                .with(epsilon);
    }

    @Override
    public KernelTask layerNormBackward(
            int rows,
            int columns,
            boolean accumulate,
            Operand x,
            Operand gamma,
            Operand mean,
            Operand rstd,
            Operand dy,
            Operand dx) {
        return KernelTask.of(
                "layerNormBackward",
                Range.single(rows),
                List.of(x, gamma, mean, rstd, dy, dx),
                new int[] {rows, columns, accumulate ? 1 : 0},
                (g, id, t) -> g.task(
                        id,
                        LayerNormRows::layerNormBackward,
                        t.floats(0),
                        t.floats(1),
                        t.floats(2),
                        t.floats(3),
                        t.floats(4),
                        t.floats(5),
                        t.places(),
                        t.sizes()));
    }

    @Override
    public KernelTask crossEntropyRows(
            int rows,
            int columns,
            boolean hasCount,
            double smoothing,
            Operand logits,
            Operand labels,
            Operand count,
            Operand lse,
            Operand rowLoss,
            Operand rowHit) {
        return KernelTask.of(
                        "crossEntropyOfRows",
                        Range.single(rows),
                        List.of(logits, labels, count, lse, rowLoss, rowHit),
                        new int[] {rows, columns, hasCount ? 1 : 0},
                        (g, id, t) -> g.task(
                                id,
                                VectorCrossEntropy::crossEntropyOfRows,
                                t.floats(0),
                                t.ints(1),
                                t.ints(2),
                                t.floats(3),
                                t.floats(4, 5),
                                t.places(),
                                t.sizes(),
                                t.constants()))
                .with(smoothing, Double.NaN);
    }

    @Override
    public KernelTask softCrossEntropyRows(
            int rows, int columns, Operand logits, Operand targets, Operand lse, Operand rowLoss, Operand rowHit) {
        return KernelTask.of(
                "softCrossEntropyRows",
                Range.single(rows),
                List.of(logits, targets, lse, rowLoss, rowHit),
                new int[] {rows, columns},
                (g, id, t) -> g.task(
                        id,
                        CrossEntropyRows::softCrossEntropyRows,
                        t.floats(0),
                        t.floats(1),
                        t.floats(2),
                        t.floats(3, 4),
                        t.places(),
                        t.sizes()));
    }

    @Override
    public boolean vectors() {
        return true;
    }
}
