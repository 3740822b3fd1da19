package beits.device.tornado;

import java.util.List;
import uk.ac.manchester.tornado.api.TaskGraph;

/**
 * One task of a graph: a kernel method with its operands, sizes and grid. Two sections of one kind give the same tasks but for the
 * operands.
 */
final class KernelTask {
    /** Puts the kernel method and its arguments into a graph. */
    @FunctionalInterface
    interface Body {
        void addTo(TaskGraph graph, String id, Arguments arguments);
    }

    private final String method;
    private final Range range;
    private final List<Operand> operands;
    private final int[] sizes;
    private final float[] constants;
    private final Body body;

    private KernelTask(String method, Range range, List<Operand> operands, int[] sizes, float[] constants, Body body) {
        this.method = method;
        this.range = range;
        this.operands = List.copyOf(operands);
        this.sizes = sizes;
        this.constants = constants;
        this.body = body;
    }

    /**
     * A task without constants.
     *
     * @param method name of the kernel method
     * @param range its grid
     * @param operands in the order in which the method looks them up
     * @param sizes as the method reads them, from index {@link Arguments#FIRST_SIZE} on
     */
    static KernelTask of(String method, Range range, List<Operand> operands, int[] sizes, Body body) {
        return new KernelTask(method, range, operands, sizes, new float[0], body);
    }

    /** The same task with numbers that it reads from {@code constants}. */
    KernelTask with(double... numbers) {
        float[] values = new float[numbers.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) numbers[i];
        }
        return new KernelTask(method, range, operands, sizes, values, body);
    }

    String method() {
        return method;
    }

    Range range() {
        return range;
    }

    List<Operand> operands() {
        return operands;
    }

    int[] sizes() {
        return sizes.clone();
    }

    float[] constants() {
        return constants.clone();
    }

    Body body() {
        return body;
    }
}
