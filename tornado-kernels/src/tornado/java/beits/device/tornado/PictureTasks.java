package beits.device.tornado;

import beits.device.tornado.kernel.Convolutions;
import beits.device.tornado.kernel.Pooling;
import beits.device.tornado.kernel.Upsampling;
import beits.kernel.AveragePool;
import beits.kernel.AveragePoolBackward;
import beits.kernel.ColumnsToImage;
import beits.kernel.ImageToColumns;
import beits.kernel.MaxPool;
import beits.kernel.MaxPoolBackward;
import beits.kernel.UpsampleBilinear;
import beits.kernel.UpsampleBilinearBackward;
import beits.kernel.UpsampleNearest;
import beits.kernel.UpsampleNearestBackward;
import beits.kernel.Window;
import beits.tensor.Shape;
import beits.tensor.Slot;
import java.util.Arrays;
import java.util.List;

/** Windows over pictures, pooling and resizing. */
final class PictureTasks {
    private PictureTasks() {}

    static List<KernelTask> unfold(ImageToColumns k) {
        return List.of(flat(
                "unfoldWindows",
                k.columns(),
                List.of(Operand.of(k.x()), Operand.of(k.columns())),
                windowSizes(k.columns(), k.window(), k.channelsFirst()),
                (g, id, t) ->
                        g.task(id, Convolutions::unfoldWindows, t.floats(0), t.floats(1), t.places(), t.sizes())));
    }

    static List<KernelTask> fold(ColumnsToImage k) {
        return List.of(flat(
                "foldWindows",
                k.x(),
                List.of(Operand.of(k.columns()), Operand.of(k.x())),
                windowSizes(k.x(), k.window(), k.channelsFirst()),
                (g, id, t) -> g.task(id, Convolutions::foldWindows, t.floats(0), t.floats(1), t.places(), t.sizes())));
    }

    private static int[] windowSizes(Slot result, Window w, boolean channelsFirst) {
        return new int[] {
            Math.toIntExact(result.size()),
            w.channels(),
            w.height(),
            w.width(),
            w.kernelHeight(),
            w.kernelWidth(),
            w.stride(),
            w.padding(),
            w.outHeight(),
            w.outWidth(),
            channelsFirst ? 1 : 0
        };
    }

    static List<KernelTask> maxPool(MaxPool k) {
        return List.of(flat(
                "maxPoolForward",
                k.y(),
                List.of(Operand.of(k.x()), Operand.of(k.y())),
                poolSizes(k.y(), k.window()),
                (g, id, t) -> g.task(id, Pooling::maxPoolForward, t.floats(0), t.floats(1), t.places(), t.sizes())));
    }

    static List<KernelTask> maxPoolBackward(MaxPoolBackward k) {
        return List.of(flat(
                "maxPoolBackward",
                k.dx(),
                List.of(Operand.of(k.x()), Operand.of(k.dy()), Operand.of(k.dx())),
                poolSizes(k.dx(), k.window()),
                (g, id, t) -> g.task(
                        id, Pooling::maxPoolBackward, t.floats(0), t.floats(1), t.floats(2), t.places(), t.sizes())));
    }

    private static int[] poolSizes(Slot result, Window w) {
        return new int[] {
            Math.toIntExact(result.size()),
            w.channels(),
            w.height(),
            w.width(),
            w.kernelHeight(),
            w.kernelWidth(),
            w.stride(),
            w.outHeight(),
            w.outWidth()
        };
    }

    static List<KernelTask> averagePool(AveragePool k) {
        return List.of(flat(
                "averagePoolForward",
                k.y(),
                List.of(Operand.of(k.x()), Operand.of(k.y())),
                resizeSizes(k.y(), k.x(), k.y()),
                (g, id, t) ->
                        g.task(id, Pooling::averagePoolForward, t.floats(0), t.floats(1), t.places(), t.sizes())));
    }

    static List<KernelTask> averagePoolBackward(AveragePoolBackward k) {
        return List.of(flat(
                "averagePoolBackward",
                k.dx(),
                List.of(Operand.of(k.dy()), Operand.of(k.dx())),
                resizeSizes(k.dx(), k.dx(), k.dy()),
                (g, id, t) ->
                        g.task(id, Pooling::averagePoolBackward, t.floats(0), t.floats(1), t.places(), t.sizes())));
    }

    static List<KernelTask> nearest(UpsampleNearest k) {
        return List.of(flat(
                "nearestForward",
                k.y(),
                List.of(Operand.of(k.x()), Operand.of(k.y())),
                nearestSizes(k.y(), k.x(), k.factor()),
                (g, id, t) -> g.task(id, Upsampling::nearestForward, t.floats(0), t.floats(1), t.places(), t.sizes())));
    }

    static List<KernelTask> nearestBackward(UpsampleNearestBackward k) {
        return List.of(flat(
                "nearestBackward",
                k.dx(),
                List.of(Operand.of(k.dy()), Operand.of(k.dx())),
                nearestSizes(k.dx(), k.dx(), k.factor()),
                (g, id, t) ->
                        g.task(id, Upsampling::nearestBackward, t.floats(0), t.floats(1), t.places(), t.sizes())));
    }

    private static int[] nearestSizes(Slot result, Slot small, int factor) {
        Shape s = small.shape();
        return new int[] {Math.toIntExact(result.size()), s.columns(), s.extent(1), s.extent(2), factor};
    }

    static List<KernelTask> bilinear(UpsampleBilinear k) {
        return List.of(flat(
                "bilinearForward",
                k.y(),
                List.of(Operand.of(k.x()), Operand.of(k.y())),
                bilinearSizes(k.y(), k.x(), k.y(), k.alignCorners()),
                (g, id, t) ->
                        g.task(id, Upsampling::bilinearForward, t.floats(0), t.floats(1), t.places(), t.sizes())));
    }

    static List<KernelTask> bilinearBackward(UpsampleBilinearBackward k) {
        return List.of(flat(
                "bilinearBackward",
                k.dx(),
                List.of(Operand.of(k.dy()), Operand.of(k.dx())),
                bilinearSizes(k.dx(), k.dx(), k.dy(), k.alignCorners()),
                (g, id, t) ->
                        g.task(id, Upsampling::bilinearBackward, t.floats(0), t.floats(1), t.places(), t.sizes())));
    }

    private static int[] resizeSizes(Slot result, Slot from, Slot to) {
        Shape in = from.shape();
        Shape out = to.shape();
        return new int[] {
            Math.toIntExact(result.size()), in.columns(), in.extent(1), in.extent(2), out.extent(1), out.extent(2)
        };
    }

    private static int[] bilinearSizes(Slot result, Slot from, Slot to, boolean alignCorners) {
        int[] sizes = Arrays.copyOf(resizeSizes(result, from, to), 7);
        sizes[6] = alignCorners ? 1 : 0;
        return sizes;
    }

    private static KernelTask flat(
            String method, Slot result, List<Operand> operands, int[] sizes, KernelTask.Body body) {
        return KernelTask.of(method, Range.items(result.size()), operands, sizes, body);
    }
}
