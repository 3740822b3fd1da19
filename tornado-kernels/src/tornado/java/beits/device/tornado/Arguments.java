package beits.device.tornado;

import beits.tensor.Arena;
import java.util.List;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * What a task may pass to its kernel method.
 *
 * @param memory the arenas
 * @param operands the task's operands
 * @param places where the operands of all tasks of the graph begin; changes from run to run
 * @param sizes position of this task's operands in {@code places}, of its numbers in {@code constants}, then its sizes
 * @param constants numbers of all tasks of the graph
 * @param context position of a work-item, for kernels in work-group form
 */
record Arguments(
        DeviceMemory memory,
        List<Operand> operands,
        IntArray places,
        IntArray sizes,
        FloatArray constants,
        KernelContext context) {
    /** Index of the first size of a task. */
    static final int FIRST_SIZE = 2;

    /** The array that holds operand {@code i}; for an absent one any array will do. */
    FloatArray floats(int i) {
        Arena arena = operands.get(i).arena();
        return arena == null ? memory.scratch() : memory.floats(arena);
    }

    /**
     * The one array that holds several operands. A task that writes an array must not name it again among its later arguments:
     * TornadoVM would wait for the task before running it.
     */
    FloatArray floats(int first, int... others) {
        FloatArray array = floats(first);
        for (int i : others) {
            if (floats(i) != array) {
                throw new IllegalArgumentException(
                        operands.get(first) + " and " + operands.get(i) + " have to lie in one arena");
            }
        }
        return array;
    }

    /** The array of integers that holds operand {@code i}. */
    IntArray ints(int i) {
        Arena arena = operands.get(i).arena();
        return memory.ints(arena == null ? Arena.INDEXES : arena);
    }
}
