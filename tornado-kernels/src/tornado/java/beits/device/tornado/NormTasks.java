package beits.device.tornado;

import beits.device.tornado.kernel.BatchNormColumns;
import beits.device.tornado.kernel.Elements;
import beits.device.tornado.kernel.LayerNormRows;
import beits.device.tornado.kernel.Sums;
import beits.device.tornado.kernel.VectorElements;
import beits.device.tornado.kernel.VectorSums;
import beits.kernel.BatchNorm;
import beits.kernel.BatchNormBackward;
import beits.kernel.BatchNormInference;
import beits.kernel.ColumnSum;
import beits.kernel.LayerNorm;
import beits.kernel.LayerNormBackward;
import beits.kernel.ScaledResidualBackward;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;

/** Normalisation, and what sums over rows. */
final class NormTasks {
    private NormTasks() {}

    /** Rows and columns of a matrix and how its rows are cut into blocks. */
    private record Matrix(int rows, int columns, Blocks blocks, boolean strips) {
        static Matrix of(Slot slot, Form form) {
            int rows = slot.shape().rows();
            int columns = slot.shape().columns();
            return new Matrix(rows, columns, Blocks.of(rows), form.vectors() && columns >= VectorSums.WIDTH);
        }

        int elements() {
            return Math.multiplyExact(rows, columns);
        }

        Operand partials(Scratch room) {
            return room.take((long) blocks.count() * columns);
        }

        int[] partialSizes() {
            return new int[] {rows, columns, blocks.count(), blocks.height()};
        }

        Range partialRange() {
            return strips
                    ? Range.single(Math.ceilDiv(columns, VectorSums.WIDTH), blocks.count())
                    : Range.items(columns, blocks.count());
        }

        /** Adds the blocks up. */
        KernelTask totals(Operand partial, Operand out, boolean accumulate) {
            return KernelTask.of(
                    "columnTotals",
                    Range.items(columns),
                    List.of(partial, out),
                    new int[] {columns, blocks.count(), accumulate ? 1 : 0},
                    (g, id, t) -> g.task(id, Sums::columnTotals, t.floats(0), t.floats(1), t.places(), t.sizes()));
        }

        /** Sums of x over the rows of each block. */
        KernelTask sums(Operand x, Operand partial) {
            return KernelTask.of(
                    strips ? "columnPartialsOfStrips" : "columnPartials",
                    partialRange(),
                    List.of(x, partial),
                    partialSizes(),
                    strips
                            ? (g, id, t) -> g.task(
                                    id,
                                    VectorSums::columnPartialsOfStrips,
                                    t.floats(0),
                                    t.floats(1),
                                    t.places(),
                                    t.sizes())
                            : (g, id, t) ->
                                    g.task(id, Sums::columnPartials, t.floats(0), t.floats(1), t.places(), t.sizes()));
        }
    }

    static List<KernelTask> columnSum(ColumnSum k, Form form, Scratch room) {
        Matrix m = Matrix.of(k.x(), form);
        Operand partial = m.partials(room);
        return List.of(m.sums(Operand.of(k.x()), partial), m.totals(partial, Operand.of(k.out()), k.accumulate()));
    }

    static List<KernelTask> layerNorm(LayerNorm k, Form form) {
        return List.of(form.layerNorm(
                k.x().shape().rows(),
                k.x().shape().columns(),
                k.epsilon(),
                Operand.of(k.x()),
                Operand.of(k.gamma()),
                Operand.of(k.beta()),
                Operand.of(k.y()),
                Operand.of(k.mean()),
                Operand.of(k.rstd())));
    }

    static List<KernelTask> layerNormBackward(LayerNormBackward k, Form form, Scratch room) {
        Matrix m = Matrix.of(k.x(), form);
        Operand partial = m.partials(room);
        return List.of(
                KernelTask.of(
                        m.strips() ? "layerNormGammaPartialsOfStrips" : "layerNormGammaPartials",
                        m.partialRange(),
                        List.of(
                                Operand.of(k.x()),
                                Operand.of(k.mean()),
                                Operand.of(k.rstd()),
                                Operand.of(k.dy()),
                                partial),
                        m.partialSizes(),
                        m.strips()
                                ? (g, id, t) -> g.task(
                                        id,
                                        VectorSums::layerNormGammaPartialsOfStrips,
                                        t.floats(0),
                                        t.floats(1),
                                        t.floats(2),
                                        t.floats(3),
                                        t.floats(4),
                                        t.places(),
                                        t.sizes())
                                : (g, id, t) -> g.task(
                                        id,
                                        LayerNormRows::layerNormGammaPartials,
                                        t.floats(0),
                                        t.floats(1),
                                        t.floats(2),
                                        t.floats(3),
                                        t.floats(4),
                                        t.places(),
                                        t.sizes())),
                m.totals(partial, Operand.of(k.dGamma()), k.accumulateParameters()),
                m.sums(Operand.of(k.dy()), partial),
                m.totals(partial, Operand.of(k.dBeta()), k.accumulateParameters()),
                form.layerNormBackward(
                        m.rows(),
                        m.columns(),
                        k.accumulateInput(),
                        Operand.of(k.x()),
                        Operand.of(k.gamma()),
                        Operand.of(k.mean()),
                        Operand.of(k.rstd()),
                        Operand.of(k.dy()),
                        Operand.of(k.dx())));
    }

    static List<KernelTask> batchNorm(BatchNorm k, Form form, Scratch room) {
        Matrix m = Matrix.of(k.x(), form);
        Operand partial = m.partials(room);
        int[] perColumn = {m.rows(), m.columns(), m.blocks().count()};
        return List.of(
                m.sums(Operand.of(k.x()), partial),
                KernelTask.of(
                                "batchNormMean",
                                Range.items(m.columns()),
                                List.of(partial, Operand.of(k.mean()), Operand.of(k.runningMean())),
                                perColumn,
                                (g, id, t) -> g.task(
                                        id,
                                        BatchNormColumns::batchNormMean,
                                        t.floats(0),
                                        t.floats(1),
                                        t.floats(2),
                                        t.places(),
                                        t.sizes(),
                                        t.constants()))
                        .with(k.momentum()),
                KernelTask.of(
                        "batchNormSquarePartials",
                        m.partialRange(),
                        List.of(Operand.of(k.x()), Operand.of(k.mean()), partial),
                        m.partialSizes(),
                        (g, id, t) -> g.task(
                                id,
                                BatchNormColumns::batchNormSquarePartials,
                                t.floats(0),
                                t.floats(1),
                                t.floats(2),
                                t.places(),
                                t.sizes())),
                KernelTask.of(
                                "batchNormRstd",
                                Range.items(m.columns()),
                                List.of(partial, Operand.of(k.rstd()), Operand.of(k.runningVariance())),
                                perColumn,
                                (g, id, t) -> g.task(
                                        id,
                                        BatchNormColumns::batchNormRstd,
                                        t.floats(0),
                                        t.floats(1),
                                        t.floats(2),
                                        t.places(),
                                        t.sizes(),
                                        t.constants()))
                        .with(k.momentum(), k.epsilon()),
                KernelTask.of(
                        "batchNormForward",
                        Range.items(m.elements()),
                        List.of(
                                Operand.of(k.x()),
                                Operand.of(k.mean()),
                                Operand.of(k.rstd()),
                                Operand.of(k.gamma()),
                                Operand.of(k.beta()),
                                Operand.of(k.y())),
                        new int[] {m.elements(), m.columns()},
                        (g, id, t) -> g.task(
                                id,
                                BatchNormColumns::batchNormForward,
                                t.floats(0),
                                t.floats(1),
                                t.floats(2),
                                t.floats(3),
                                t.floats(4),
                                t.floats(5),
                                t.places(),
                                t.sizes())));
    }

    static List<KernelTask> batchNormInference(BatchNormInference k, Form form) {
        Matrix m = Matrix.of(k.x(), form);
        return List.of(KernelTask.of(
                        "batchNormInference",
                        Range.items(m.elements()),
                        List.of(
                                Operand.of(k.x()),
                                Operand.of(k.runningMean()),
                                Operand.of(k.runningVariance()),
                                Operand.of(k.gamma()),
                                Operand.of(k.beta()),
                                Operand.of(k.y())),
                        new int[] {m.elements(), m.columns()},
                        (g, id, t) -> g.task(
                                id,
                                BatchNormColumns::batchNormInference,
                                t.floats(0),
                                t.floats(1),
                                t.floats(2),
                                t.floats(3),
                                t.floats(4),
                                t.floats(5),
                                t.places(),
                                t.sizes(),
                                t.constants()))
                .with(k.epsilon()));
    }

    static List<KernelTask> batchNormBackward(BatchNormBackward k, Form form, Scratch room) {
        Matrix m = Matrix.of(k.x(), form);
        Operand sumPartial = m.partials(room);
        Operand productPartial = m.partials(room);
        Operand sums = room.take(m.columns());
        Operand products = room.take(m.columns());
        return List.of(
                m.sums(Operand.of(k.dy()), sumPartial),
                m.totals(sumPartial, sums, false),
                m.totals(sumPartial, Operand.of(k.dBeta()), k.accumulateParameters()),
                KernelTask.of(
                        "batchNormGammaPartials",
                        m.partialRange(),
                        List.of(
                                Operand.of(k.x()),
                                Operand.of(k.mean()),
                                Operand.of(k.rstd()),
                                Operand.of(k.dy()),
                                productPartial),
                        m.partialSizes(),
                        (g, id, t) -> g.task(
                                id,
                                BatchNormColumns::batchNormGammaPartials,
                                t.floats(0),
                                t.floats(1),
                                t.floats(2),
                                t.floats(3),
                                t.floats(4),
                                t.places(),
                                t.sizes())),
                m.totals(productPartial, products, false),
                m.totals(productPartial, Operand.of(k.dGamma()), k.accumulateParameters()),
                KernelTask.of(
                        "batchNormBackward",
                        Range.items(m.elements()),
                        List.of(
                                Operand.of(k.x()),
                                Operand.of(k.gamma()),
                                Operand.of(k.mean()),
                                Operand.of(k.rstd()),
                                Operand.of(k.dy()),
                                sums,
                                products,
                                Operand.of(k.dx())),
                        new int[] {m.elements(), m.columns(), m.rows()},
                        (g, id, t) -> g.task(
                                id,
                                BatchNormColumns::batchNormBackward,
                                t.floats(0),
                                t.floats(1),
                                t.floats(2),
                                t.floats(3),
                                t.floats(4),
                                t.floats(5),
                                t.floats(6),
                                t.floats(7),
                                t.places(),
                                t.sizes())));
    }

    static List<KernelTask> residualBackward(ScaledResidualBackward k, Form form, Scratch room) {
        Matrix m = Matrix.of(k.dOut(), form);
        int tokens = k.dOut().shape().extent(1);
        int withKeep = k.keep() == null ? 0 : 1;
        List<KernelTask> tasks = new ArrayList<>();
        if (k.dGamma() != null) {
            Operand partial = m.partials(room);
            tasks.add(KernelTask.of(
                    m.strips() ? "columnProductPartialsOfStrips" : "columnProductPartials",
                    m.partialRange(),
                    List.of(Operand.of(k.branch()), Operand.of(k.dOut()), Operand.of(k.keep()), partial),
                    new int[] {
                        m.rows(), m.columns(), m.blocks().count(), m.blocks().height(), tokens, withKeep
                    },
                    m.strips()
                            ? (g, id, t) -> g.task(
                                    id,
                                    VectorSums::columnProductPartialsOfStrips,
                                    t.floats(0),
                                    t.floats(1),
                                    t.floats(2),
                                    t.floats(3),
                                    t.places(),
                                    t.sizes())
                            : (g, id, t) -> g.task(
                                    id,
                                    Sums::columnProductPartials,
                                    t.floats(0),
                                    t.floats(1),
                                    t.floats(2),
                                    t.floats(3),
                                    t.places(),
                                    t.sizes())));
            tasks.add(m.totals(partial, Operand.of(k.dGamma()), k.accumulateGamma()));
        }
        tasks.add(KernelTask.of(
                form.vectors() ? "residualBackwardOfRows" : "residualBackward",
                form.vectors() ? Range.single(m.rows()) : Range.items(m.elements()),
                List.of(Operand.of(k.dOut()), Operand.of(k.gamma()), Operand.of(k.keep()), Operand.of(k.dBranch())),
                new int[] {m.elements(), m.columns(), tokens * m.columns(), k.gamma() == null ? 0 : 1, withKeep},
                form.vectors()
                        ? (g, id, t) -> g.task(
                                id,
                                VectorElements::residualBackwardOfRows,
                                t.floats(0),
                                t.floats(1),
                                t.floats(2),
                                t.floats(3),
                                t.places(),
                                t.sizes())
                        : (g, id, t) -> g.task(
                                id,
                                Elements::residualBackward,
                                t.floats(0),
                                t.floats(1),
                                t.floats(2),
                                t.floats(3),
                                t.places(),
                                t.sizes())));
        return tasks;
    }
}
