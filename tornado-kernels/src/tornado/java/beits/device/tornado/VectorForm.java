package beits.device.tornado;

import beits.device.tornado.kernel.CrossEntropyRows;
import beits.device.tornado.kernel.LayerNormRows;
import beits.device.tornado.kernel.Products;
import beits.device.tornado.kernel.SoftmaxRows;
import beits.device.tornado.kernel.VectorProducts;
import java.util.List;

/** Parallel loops over tiles of vectors and over rows. */
final class VectorForm implements Form {
    @Override
    public KernelTask product(Product p, Operand a, Operand b, Operand c, Operand bias) {
        boolean square = p.transposeB() && !p.transposeA();
        int rows = square ? VectorProducts.SQUARE : VectorProducts.ROWS;
        int columns = square ? VectorProducts.SQUARE : VectorProducts.COLUMNS;
        if (p.m() < rows || p.n() < columns || p.transposeA() && p.transposeB()) {
            return plainProduct(p, a, b, c, bias);
        }
        KernelTask.Body body = (g, id, t) -> g.task(
                id,
                VectorProducts::productNN,
                t.floats(0),
                t.floats(1),
                t.floats(2),
                t.floats(3),
                t.places(),
                t.sizes(),
                t.constants());
        if (p.transposeA()) {
            body = (g, id, t) -> g.task(
                    id,
                    VectorProducts::productTN,
                    t.floats(0),
                    t.floats(1),
                    t.floats(2),
                    t.floats(3),
                    t.places(),
                    t.sizes(),
                    t.constants());
        } else if (p.transposeB()) {
            body = (g, id, t) -> g.task(
                    id,
                    VectorProducts::productNT,
                    t.floats(0),
                    t.floats(1),
                    t.floats(2),
                    t.floats(3),
                    t.places(),
                    t.sizes(),
                    t.constants());
        }
        return KernelTask.of(
                        "product" + (p.transposeA() ? "T" : "N") + (p.transposeB() ? "T" : "N"),
                        Range.items(p.batch() * Math.ceilDiv(p.m(), rows), Math.ceilDiv(p.n(), columns)),
                        List.of(a, b, bias, c),
                        p.sizes(),
                        body)
                .with(p.alpha());
    }

    /** Results smaller than a tile, and the product of two transposed factors, which no model has. */
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
                Range.items(rows),
                List.of(x, y),
                new int[] {rows, columns},
                (g, id, t) -> g.task(id, SoftmaxRows::softmaxForward, t.floats(0), t.floats(1), t.places(), t.sizes()));
    }

    @Override
    public KernelTask softmaxBackward(int rows, int columns, Operand y, Operand dy, Operand dx) {
        return KernelTask.of(
                "softmaxBackward",
                Range.items(rows),
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
                Range.items(rows),
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
                        Range.items(rows),
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
                Range.items(rows),
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
                        "crossEntropyRows",
                        Range.items(rows),
                        List.of(logits, labels, count, lse, rowLoss, rowHit),
                        new int[] {rows, columns, hasCount ? 1 : 0},
                        (g, id, t) -> g.task(
                                id,
                                CrossEntropyRows::crossEntropyRows,
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
                Range.items(rows),
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
    public int optimiserLanes() {
        return 1;
    }
}
