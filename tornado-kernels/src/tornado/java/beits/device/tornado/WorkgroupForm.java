package beits.device.tornado;

import beits.device.DeviceException;
import beits.device.tornado.kernel.GroupProducts;
import beits.device.tornado.kernel.GroupRows;
import java.util.List;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/** Tiles of products in local memory and one work-group a row of softmax, cross-entropy and layer normalisation. */
final class WorkgroupForm implements Form {
    /** Local memory of a group: two tiles of floats. */
    private static final long LOCAL_BYTES = 2L * GroupProducts.TILE * GroupProducts.SIDE * Float.BYTES;

    private static final int WORK_ITEMS = GroupProducts.SIDE * GroupProducts.SIDE;

    private final VectorForm rows = new VectorForm();

    private WorkgroupForm() {}

    /** This form, for a device that has what its groups need: a launch that asks for more would abort the process. */
    static Form on(String name, TornadoDevice device) {
        long local = device.getPhysicalDevice().getDeviceLocalMemorySize();
        long most = device.getPhysicalDevice().getDeviceMaxWorkGroupSize()[0];
        if (local < LOCAL_BYTES || most < WORK_ITEMS) {
            throw new DeviceException(
                    ("device %s: groups of %d work-items with %d bytes of local memory are more than it has"
                                    + " (%d and %d); use the vector form")
                            .formatted(name, WORK_ITEMS, LOCAL_BYTES, most, local));
        }
        return new WorkgroupForm();
    }

    @Override
    public List<KernelTask> product(Product p, Operand a, Operand b, Operand c, Operand bias, Scratch room) {
        int tile = GroupProducts.TILE;
        return List.of(KernelTask.of(
                        "productOfTiles",
                        Range.groups(
                                Math.ceilDiv(p.n(), tile), p.batch() * Math.ceilDiv(p.m(), tile), GroupProducts.SIDE),
                        List.of(a, b, bias, c),
                        p.sizes(),
                        (g, id, t) -> g.task(
                                id,
                                GroupProducts::productOfTiles,
                                t.context(),
                                t.floats(0),
                                t.floats(1),
                                t.floats(2),
                                t.floats(3),
                                t.places(),
                                t.sizes(),
                                t.constants()))
                .with(p.alpha()));
    }

    @Override
    public KernelTask softmax(int rows, int columns, Operand x, Operand y) {
        return KernelTask.of(
                "groupSoftmaxForward",
                Range.groups(rows, GroupRows.GROUP),
                List.of(x, y),
                new int[] {rows, columns},
                (g, id, t) -> g.task(
                        id,
                        GroupRows::groupSoftmaxForward,
                        t.context(),
                        t.floats(0),
                        t.floats(1),
                        t.places(),
                        t.sizes()));
    }

    @Override
    public KernelTask softmaxBackward(int rows, int columns, Operand y, Operand dy, Operand dx) {
        return KernelTask.of(
                "groupSoftmaxBackward",
                Range.groups(rows, GroupRows.GROUP),
                List.of(y, dy, dx),
                new int[] {rows, columns},
                (g, id, t) -> g.task(
                        id,
                        GroupRows::groupSoftmaxBackward,
                        t.context(),
                        t.floats(0),
                        t.floats(1),
                        t.floats(2),
                        t.places(),
                        t.sizes()));
    }

    @Override
    public KernelTask attentionSoftmax(int rows, int columns, int biasRows, Operand scores, Operand bias) {
        return KernelTask.of(
                "groupAttentionSoftmax",
                Range.groups(rows, GroupRows.GROUP),
                List.of(bias, scores),
                new int[] {rows, columns, biasRows},
                (g, id, t) -> g.task(
                        id,
                        GroupRows::groupAttentionSoftmax,
                        t.context(),
                        t.floats(0),
                        t.floats(1),
                        t.places(),
                        t.sizes()));
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
                        "groupLayerNormForward",
                        Range.groups(rows, GroupRows.GROUP),
                        List.of(x, gamma, beta, y, mean, rstd),
                        new int[] {rows, columns},
                        (g, id, t) -> g.task(
                                id,
                                GroupRows::groupLayerNormForward,
                                t.context(),
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
                "groupLayerNormBackward",
                Range.groups(rows, GroupRows.GROUP),
                List.of(x, gamma, mean, rstd, dy, dx),
                new int[] {rows, columns, accumulate ? 1 : 0},
                (g, id, t) -> g.task(
                        id,
                        GroupRows::groupLayerNormBackward,
                        t.context(),
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
            int count,
            int columns,
            boolean hasCount,
            double smoothing,
            Operand logits,
            Operand labels,
            Operand actual,
            Operand lse,
            Operand rowLoss,
            Operand rowHit) {
        return KernelTask.of(
                        "groupCrossEntropy",
                        Range.groups(count, GroupRows.GROUP),
                        List.of(logits, labels, actual, lse, rowLoss, rowHit),
                        new int[] {count, columns, hasCount ? 1 : 0},
                        (g, id, t) -> g.task(
                                id,
                                GroupRows::groupCrossEntropy,
                                t.context(),
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
            int count, int columns, Operand logits, Operand targets, Operand lse, Operand rowLoss, Operand rowHit) {
        return rows.softCrossEntropyRows(count, columns, logits, targets, lse, rowLoss, rowHit);
    }

    @Override
    public boolean vectors() {
        return false;
    }
}
