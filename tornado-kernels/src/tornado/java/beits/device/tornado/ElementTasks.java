package beits.device.tornado;

import beits.device.tornado.kernel.Elements;
import beits.device.tornado.kernel.VectorElements;
import beits.kernel.AddRowVector;
import beits.kernel.Binary;
import beits.kernel.Scale;
import beits.kernel.ScaleBy;
import beits.kernel.ScaledResidual;
import beits.kernel.Unary;
import beits.kernel.UnaryBackward;
import beits.kernel.UnaryFunction;
import beits.tensor.Slot;
import java.util.List;

/** What happens to each element by itself. */
final class ElementTasks {
    private ElementTasks() {}

    static List<KernelTask> unary(Unary k, Form form) {
        int count = Math.toIntExact(k.x().size());
        Operand x = Operand.of(k.x());
        Operand y = Operand.of(k.y());
        return List.of(
                switch (k.function()) {
                    case GELU -> gelu(form, count, x, y);
                    case RELU -> relu(count, x, y);
                    case SIGMOID ->
                        flat(
                                "sigmoidForward",
                                count,
                                List.of(x, y),
                                (g, id, t) -> g.task(
                                        id, Elements::sigmoidForward, t.floats(0), t.floats(1), t.places(), t.sizes()));
                    case TANH ->
                        flat(
                                "tanhForward",
                                count,
                                List.of(x, y),
                                (g, id, t) -> g.task(
                                        id, Elements::tanhForward, t.floats(0), t.floats(1), t.places(), t.sizes()));
                });
    }

    static KernelTask gelu(Form form, int count, Operand x, Operand y) {
        if (form.vectors()) {
            return chunks(
                    "geluForwardOfChunks",
                    count,
                    List.of(x, y),
                    (g, id, t) -> g.task(
                            id, VectorElements::geluForwardOfChunks, t.floats(0), t.floats(1), t.places(), t.sizes()));
        }
        return flat(
                "geluForward",
                count,
                List.of(x, y),
                (g, id, t) -> g.task(id, Elements::geluForward, t.floats(0), t.floats(1), t.places(), t.sizes()));
    }

    static KernelTask relu(int count, Operand x, Operand y) {
        return flat(
                "reluForward",
                count,
                List.of(x, y),
                (g, id, t) -> g.task(id, Elements::reluForward, t.floats(0), t.floats(1), t.places(), t.sizes()));
    }

    static KernelTask add(int count, Operand a, Operand b, Operand out) {
        return flat(
                "addElements",
                count,
                List.of(a, b, out),
                (g, id, t) -> g.task(
                        id, Elements::addElements, t.floats(0), t.floats(1), t.floats(2), t.places(), t.sizes()));
    }

    static List<KernelTask> unaryBackward(UnaryBackward k, Form form) {
        List<Operand> operands = List.of(Operand.of(k.x()), Operand.of(k.dy()), Operand.of(k.dx()));
        if (k.function() == UnaryFunction.GELU && form.vectors()) {
            return List.of(chunks(
                    "geluBackwardOfChunks",
                    Math.toIntExact(k.x().size()),
                    operands,
                    (g, id, t) -> g.task(
                            id,
                            VectorElements::geluBackwardOfChunks,
                            t.floats(0),
                            t.floats(1),
                            t.floats(2),
                            t.places(),
                            t.sizes())));
        }
        KernelTask.Body body = switch (k.function()) {
            case GELU ->
                (g, id, t) -> g.task(
                        id, Elements::geluBackward, t.floats(0), t.floats(1), t.floats(2), t.places(), t.sizes());
            case RELU ->
                (g, id, t) -> g.task(
                        id, Elements::reluBackward, t.floats(0), t.floats(1), t.floats(2), t.places(), t.sizes());
            case SIGMOID ->
                (g, id, t) -> g.task(
                        id, Elements::sigmoidBackward, t.floats(0), t.floats(1), t.floats(2), t.places(), t.sizes());
            case TANH ->
                (g, id, t) -> g.task(
                        id, Elements::tanhBackward, t.floats(0), t.floats(1), t.floats(2), t.places(), t.sizes());
        };
        String method = switch (k.function()) {
            case GELU -> "geluBackward";
            case RELU -> "reluBackward";
            case SIGMOID -> "sigmoidBackward";
            case TANH -> "tanhBackward";
        };
        return List.of(flat(method, k.x(), operands, body));
    }

    static List<KernelTask> binary(Binary k) {
        KernelTask.Body body = switch (k.operation()) {
            case ADD ->
                (g, id, t) ->
                        g.task(id, Elements::addElements, t.floats(0), t.floats(1), t.floats(2), t.places(), t.sizes());
            case SUBTRACT ->
                (g, id, t) -> g.task(
                        id, Elements::subtractElements, t.floats(0), t.floats(1), t.floats(2), t.places(), t.sizes());
            case MULTIPLY ->
                (g, id, t) -> g.task(
                        id, Elements::multiplyElements, t.floats(0), t.floats(1), t.floats(2), t.places(), t.sizes());
        };
        String method = switch (k.operation()) {
            case ADD -> "addElements";
            case SUBTRACT -> "subtractElements";
            case MULTIPLY -> "multiplyElements";
        };
        return List.of(flat(method, k.a(), List.of(Operand.of(k.a()), Operand.of(k.b()), Operand.of(k.out())), body));
    }

    static List<KernelTask> scale(Scale k) {
        return List.of(flat(
                        "scaleElements",
                        k.x(),
                        List.of(Operand.of(k.x()), Operand.of(k.y())),
                        (g, id, t) -> g.task(
                                id,
                                Elements::scaleElements,
                                t.floats(0),
                                t.floats(1),
                                t.places(),
                                t.sizes(),
                                t.constants()))
                .with(k.factor()));
    }

    static List<KernelTask> scaleBy(ScaleBy k) {
        return List.of(flat(
                "scaleElementsBy",
                k.x(),
                List.of(Operand.of(k.x()), Operand.of(k.factor()), Operand.of(k.y())),
                (g, id, t) -> g.task(
                        id, Elements::scaleElementsBy, t.floats(0), t.floats(1), t.floats(2), t.places(), t.sizes())));
    }

    static List<KernelTask> fill(Slot out, double value) {
        return List.of(flat(
                        "fillElements",
                        out,
                        List.of(Operand.of(out)),
                        (g, id, t) ->
                                g.task(id, Elements::fillElements, t.floats(0), t.places(), t.sizes(), t.constants()))
                .with(value));
    }

    private static KernelTask flat(String method, Slot like, List<Operand> operands, KernelTask.Body body) {
        return flat(method, Math.toIntExact(like.size()), operands, body);
    }

    /** A task with one work-item an element. */
    private static KernelTask flat(String method, int count, List<Operand> operands, KernelTask.Body body) {
        return KernelTask.of(method, Range.items(count), operands, new int[] {count}, body);
    }

    /** A task with one work-item a chunk of elements. */
    private static KernelTask chunks(String method, int count, List<Operand> operands, KernelTask.Body body) {
        return KernelTask.of(
                method, Range.single(Math.ceilDiv(count, VectorElements.CHUNK)), operands, new int[] {count}, body);
    }

    static List<KernelTask> addRowVector(AddRowVector k) {
        return List.of(KernelTask.of(
                "addVectorToRows",
                Range.items(k.x().size()),
                List.of(Operand.of(k.x()), Operand.of(k.vector()), Operand.of(k.y())),
                new int[] {Math.toIntExact(k.x().size()), k.x().shape().columns()},
                (g, id, t) -> g.task(
                        id, Elements::addVectorToRows, t.floats(0), t.floats(1), t.floats(2), t.places(), t.sizes())));
    }

    static List<KernelTask> residual(ScaledResidual k, Form form) {
        int columns = k.x().shape().columns();
        return List.of(KernelTask.of(
                form.vectors() ? "residualForwardOfRows" : "residualForward",
                form.vectors() ? Range.single(k.x().shape().rows()) : Range.items(k.x().size()),
                List.of(
                        Operand.of(k.x()),
                        Operand.of(k.branch()),
                        Operand.of(k.gamma()),
                        Operand.of(k.keep()),
                        Operand.of(k.out())),
                new int[] {
                    Math.toIntExact(k.x().size()),
                    columns,
                    k.x().shape().extent(1) * columns,
                    k.gamma() == null ? 0 : 1,
                    k.keep() == null ? 0 : 1
                },
                form.vectors()
                        ? (g, id, t) -> g.task(
                                id,
                                VectorElements::residualForwardOfRows,
                                t.floats(0),
                                t.floats(1),
                                t.floats(2),
                                t.floats(3),
                                t.floats(4),
                                t.places(),
                                t.sizes())
                        : (g, id, t) -> g.task(
                                id,
                                Elements::residualForward,
                                t.floats(0),
                                t.floats(1),
                                t.floats(2),
                                t.floats(3),
                                t.floats(4),
                                t.places(),
                                t.sizes())));
    }
}
