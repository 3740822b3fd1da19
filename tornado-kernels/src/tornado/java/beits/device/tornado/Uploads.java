package beits.device.tornado;

import beits.device.tornado.kernel.Transfers;
import beits.tensor.Arena;
import beits.tensor.ElementType;
import beits.tensor.Slot;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Carries what the host wrote since the last run into the arenas on the device. TornadoVM uploads whole arrays only; so the written
 * slots are packed into a staging array, which goes up, and a kernel puts them into their places. Staging arrays of several sizes
 * keep a few numbers from costing megabytes.
 */
final class Uploads {
    /** Elements of the staging arrays: each four or more times the one before. */
    private static final int[] CAPACITIES = {1 << 10, 1 << 13, 1 << 16, 1 << 18, 1 << 20, 1 << 22};

    private static final int ENTRIES = 64;
    private static final int TABLE = 2 + 4 * ENTRIES;

    /**
     * One staging array and its graph.
     *
     * @param type floats or integers
     * @param capacity elements of the staging array
     * @param staging its memory
     * @param table what goes where, as {@link Transfers#uploadFloats} reads it
     */
    private record Stage(
            ElementType type,
            int capacity,
            MemorySegment staging,
            IntArray table,
            ImmutableTaskGraph graph,
            GridScheduler grids) {
        long bytes() {
            return (long) (capacity + table.getSize()) * ElementType.BYTES;
        }
    }

    /** Runs graph {@code index} of the plan and knows that so many bytes go up with it. */
    @FunctionalInterface
    interface Runner {
        void run(int index, GridScheduler grids, long bytes);
    }

    private final DeviceMemory memory;
    private final List<Stage> stages = new ArrayList<>();
    private final List<Slot> pending = new ArrayList<>();

    /**
     * Staging for some memory.
     *
     * @param floats elements of the largest arena of floats: no staging array need be larger
     * @param ints elements of the arena of integers
     */
    Uploads(DeviceMemory memory, long floats, long ints) {
        this.memory = memory;
        addStages(ElementType.FLOAT32, floats);
        addStages(ElementType.INT32, ints);
    }

    private void addStages(ElementType type, long largest) {
        for (int capacity : CAPACITIES) {
            stages.add(stage(type, capacity, stages.isEmpty()));
            if (capacity >= largest) {
                break;
            }
        }
    }

    private Stage stage(ElementType type, int capacity, boolean first) {
        IntArray table = new IntArray(TABLE);
        table.init(0);
        GridScheduler grids = new GridScheduler();
        TaskGraph graph = new TaskGraph(SectionGraph.NAME);
        if (first) {
            graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, memory.arrays());
        } else {
            graph.consumeFromDevice(SectionGraph.NAME, memory.arrays());
        }
        MemorySegment staging = switch (type) {
            case FLOAT32 -> {
                FloatArray array = new FloatArray(capacity);
                array.init(0);
                graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, array, table);
                addFloats(graph, array, table);
                grids.addWorkerGrid(
                        SectionGraph.NAME + ".uploadFloats",
                        Range.items(capacity).grid());
                yield array.getSegment();
            }
            case INT32 -> {
                IntArray array = new IntArray(capacity);
                array.init(0);
                graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, array, table)
                        .task("uploadInts", Transfers::uploadInts, array, memory.ints(Arena.INDEXES), table);
                grids.addWorkerGrid(
                        SectionGraph.NAME + ".uploadInts", Range.items(capacity).grid());
                yield array.getSegment();
            }
        };
        SectionGraph.holdArenas(graph, memory, table, grids);
        if (first) {
            // Only the graph that brought the arenas up may claim them: every graph that does frees them when it is
            // closed.
            graph.persistOnDevice(memory.arrays());
        }
        return new Stage(type, capacity, staging, table, graph.snapshot(), grids);
    }

    private void addFloats(TaskGraph graph, FloatArray staging, IntArray table) {
        graph.task(
                "uploadFloats",
                Transfers::uploadFloats,
                staging,
                memory.floats(Arena.PARAMETERS),
                memory.floats(Arena.GRADIENTS),
                memory.floats(Arena.MOMENT1),
                memory.floats(Arena.MOMENT2),
                memory.floats(Arena.AVERAGE),
                memory.floats(Arena.STATE),
                memory.floats(Arena.INPUTS),
                memory.floats(Arena.ACTIVATIONS),
                table);
    }

    /** The graphs. The first one also brings the arenas up when it first runs, and reads them. */
    List<ImmutableTaskGraph> graphs() {
        return stages.stream().map(Stage::graph).toList();
    }

    /** Remembers that the host's memory of this slot is newer than the device's. */
    void add(Slot slot) {
        if (slot.size() > 0) {
            pending.add(slot);
        }
    }

    /** Runs the first graph with nothing staged. */
    void start(Runner runner) {
        Stage first = stages.getFirst();
        // What the last upload staged would go to its places again, over what the device has computed since.
        first.table().set(0, 0);
        first.table().set(1, 0);
        runner.run(0, first.grids(), first.bytes());
    }

    /** Brings everything up that is newer on the host. */
    void flush(Runner runner) {
        if (pending.isEmpty()) {
            return;
        }
        for (ElementType type : ElementType.values()) {
            flush(type, runner);
        }
        pending.clear();
    }

    private void flush(ElementType type, Runner runner) {
        int largest = stages.stream()
                .filter(stage -> stage.type() == type)
                .mapToInt(Stage::capacity)
                .max()
                .orElseThrow();
        List<Slot> parts = new ArrayList<>();
        for (Slot slot : pending) {
            if (slot.arena().type() == type) {
                Slot flat = slot.reshape(Math.toIntExact(slot.size()));
                for (long first = 0; first < slot.size(); first += largest) {
                    parts.add(flat.part(first, (int) Math.min(largest, slot.size() - first)));
                }
            }
        }
        int next = 0;
        while (next < parts.size()) {
            int to = next;
            long staged = 0;
            while (to < parts.size()
                    && to - next < ENTRIES
                    && staged + parts.get(to).size() <= largest) {
                staged += parts.get(to).size();
                to++;
            }
            upload(type, parts.subList(next, to), staged, runner);
            next = to;
        }
    }

    private void upload(ElementType type, List<Slot> parts, long staged, Runner runner) {
        int index = 0;
        while (stages.get(index).type() != type || stages.get(index).capacity() < staged) {
            index++;
        }
        Stage stage = stages.get(index);
        IntArray table = stage.table();
        int first = 0;
        for (int entry = 0; entry < parts.size(); entry++) {
            Slot part = parts.get(entry);
            MemorySegment.copy(
                    memory.storage(part.arena()).data(),
                    part.offset() * ElementType.BYTES,
                    stage.staging(),
                    (long) first * ElementType.BYTES,
                    part.size() * ElementType.BYTES);
            table.set(2 + 4 * entry, number(part.arena()));
            table.set(3 + 4 * entry, Math.toIntExact(part.offset()));
            table.set(4 + 4 * entry, (int) part.size());
            table.set(5 + 4 * entry, first);
            first += (int) part.size();
        }
        table.set(0, first);
        table.set(1, parts.size());
        runner.run(index, stage.grids(), stage.bytes());
    }

    private static int number(Arena arena) {
        return switch (arena) {
            case PARAMETERS -> Transfers.PARAMETERS;
            case GRADIENTS -> Transfers.GRADIENTS;
            case MOMENT1 -> Transfers.MOMENT1;
            case MOMENT2 -> Transfers.MOMENT2;
            case AVERAGE -> Transfers.AVERAGE;
            case STATE -> Transfers.STATE;
            case INPUTS -> Transfers.INPUTS;
            case ACTIVATIONS -> Transfers.ACTIVATIONS;
            case INDEXES -> 0;
            case UNFOLDED -> throw new IllegalArgumentException("the host writes no unfolded windows");
        };
    }
}
