package beits.device.tornado;

import beits.device.tornado.kernel.Transfers;
import beits.tensor.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The task graph of one kind of section. Before each run the places of the operands are written into {@code places}; everything
 * else was compiled once.
 *
 * <p>All graphs of a plan carry one name and tasks are named by method and count. TornadoVM keeps compiled code by plan, graph
 * name, task name and method, so graphs share code: a method is compiled as often as it occurs in one graph, not as often as in all.
 * That is sound because no method depends on anything but its arguments' values. The last task of a graph is always compiled anew;
 * it is the one that does nothing.
 */
final class SectionGraph {
    /** The name of all graphs. */
    static final String NAME = "beits";

    /**
     * Tasks that surely fit one graph. TornadoVM holds a graph's definition in 8192 bytes and uses 15 for a task and 5 for each of
     * its arguments, of which no kernel has more than {@value #ARGUMENTS}; its own bound is 256 tasks.
     */
    static final int TASKS = 8192 / (15 + 5 * SectionGraph.ARGUMENTS) - 1;

    private static final int ARGUMENTS = 14;

    private final ImmutableTaskGraph graph;
    private final GridScheduler grids = new GridScheduler();
    private final IntArray places;
    private final long firstBytes;
    private final List<String> ids = new ArrayList<>();

    SectionGraph(List<KernelTask> tasks, DeviceMemory memory) {
        int operands = tasks.stream().mapToInt(task -> task.operands().size()).sum();
        int numbers = tasks.stream().mapToInt(task -> task.constants().length).sum();
        this.places = new IntArray(Math.max(1, operands));
        places.init(0);
        FloatArray constants = new FloatArray(Math.max(1, numbers));
        constants.init(0);
        TaskGraph building = new TaskGraph(NAME).consumeFromDevice(NAME, memory.arrays());
        building.transferToDevice(DataTransferMode.FIRST_EXECUTION, constants);
        building.transferToDevice(DataTransferMode.EVERY_EXECUTION, places);
        long bytes = constants.getNumBytesOfSegment();
        Map<String, Integer> uses = new HashMap<>();
        int nextOperand = 0;
        int nextNumber = 0;
        for (KernelTask task : tasks) {
            IntArray sizes = sizes(task, nextOperand, nextNumber);
            bytes += sizes.getNumBytesOfSegment();
            for (int i = 0; i < task.constants().length; i++) {
                constants.set(nextNumber + i, task.constants()[i]);
            }
            building.transferToDevice(DataTransferMode.FIRST_EXECUTION, sizes);
            String id = task.method() + "_" + uses.merge(task.method(), 1, Integer::sum);
            Arguments arguments = new Arguments(memory, task.operands(), places, sizes, constants, new KernelContext());
            task.body().addTo(building, id, arguments);
            grids.addWorkerGrid(NAME + "." + id, task.range().grid());
            ids.add(id);
            nextOperand += task.operands().size();
            nextNumber += task.constants().length;
        }
        holdArenas(building, memory, places, grids);
        this.graph = building.snapshot();
        this.firstBytes = bytes;
    }

    /** Adds the task that makes a graph hold every arena. */
    static void holdArenas(TaskGraph graph, DeviceMemory memory, IntArray never, GridScheduler grids) {
        graph.task(
                "hold",
                Transfers::holdArenas,
                memory.floats(Arena.PARAMETERS),
                memory.floats(Arena.GRADIENTS),
                memory.floats(Arena.MOMENT1),
                memory.floats(Arena.MOMENT2),
                memory.floats(Arena.AVERAGE),
                memory.floats(Arena.STATE),
                memory.floats(Arena.INPUTS),
                memory.floats(Arena.ACTIVATIONS),
                memory.scratch(),
                memory.ints(Arena.INDEXES),
                never);
        grids.addWorkerGrid(NAME + ".hold", Range.items(1).grid());
    }

    private static IntArray sizes(KernelTask task, int firstOperand, int firstNumber) {
        IntArray sizes = new IntArray(Arguments.FIRST_SIZE + task.sizes().length);
        sizes.set(0, firstOperand);
        sizes.set(1, firstNumber);
        MemorySegment.copy(
                task.sizes(),
                0,
                sizes.getSegment(),
                ValueLayout.JAVA_INT,
                (long) Arguments.FIRST_SIZE * Integer.BYTES,
                task.sizes().length);
        return sizes;
    }

    /** Where the operands of these tasks begin, in the order in which the graph of their kind looks them up. */
    static int[] places(List<KernelTask> tasks) {
        return tasks.stream()
                .flatMap(task -> task.operands().stream())
                .mapToInt(operand -> Math.toIntExact(operand.offset()))
                .toArray();
    }

    ImmutableTaskGraph graph() {
        return graph;
    }

    GridScheduler grids() {
        return grids;
    }

    /** Sets where the operands of the next run are. */
    void place(int[] operands) {
        MemorySegment.copy(operands, 0, places.getSegment(), ValueLayout.JAVA_INT, 0, operands.length);
    }

    /** Bytes that go up at the first run only. */
    long firstBytes() {
        return firstBytes;
    }

    /** Bytes that go up at every run. */
    long bytesPerRun() {
        return places.getNumBytesOfSegment();
    }

    /** Names of the tasks in order, without the last one that does nothing. */
    List<String> ids() {
        return ids;
    }
}
