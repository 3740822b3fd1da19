package beits.device.tornado;

import beits.device.DeviceException;
import beits.device.Executable;
import beits.device.KernelListener;
import beits.device.Traffic;
import beits.kernel.Kernel;
import beits.program.Program;
import beits.program.Section;
import beits.tensor.ElementType;
import beits.tensor.Slot;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.DataRange;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Programs as the graphs of one execution plan. Arenas go up once and stay on the device; afterwards only what the host writes goes
 * up and what it reads comes down.
 */
final class TornadoExecutable implements Executable {
    /** A graph run with its operands in certain places. */
    private record Launch(int graph, int[] places) {}

    /** The launches of one section, with the kernels of each launch's tasks for the profile. */
    private record Step(Section section, List<Launch> launches) {}

    /** The graphs of one kind of section: the first of them, and the kernel of each task of each graph. */
    private record Kind(int firstGraph, List<List<Integer>> kernels) {}

    private final TornadoVmDevice device;
    private final DeviceMemory memory;
    private final Uploads uploads;
    private final TornadoExecutionPlan plan;
    private final List<SectionGraph> graphs = new ArrayList<>();
    private final int uploadGraphs;
    private final boolean[] started;
    private final Map<Program, List<Step>> programs = new IdentityHashMap<>();
    private final Map<List<Kernel>, Kind> kinds = new HashMap<>();
    private final AtomicBoolean busy = new AtomicBoolean();
    private final long bytes;
    private @Nullable TornadoExecutionResult reader;
    private long bytesUp;
    private long bytesDown;
    private boolean profiling;
    private boolean closed;

    TornadoExecutable(List<Program> programs, TornadoVmDevice device, Lowering lowering, DeviceMemory.Sizes sizes) {
        this.device = device;
        this.memory = new DeviceMemory(sizes);
        this.bytes = sizes.bytes();
        this.uploads = new Uploads(
                memory,
                sizes.largest(),
                memory.storage(beits.tensor.Arena.INDEXES).length());
        for (Program program : programs) {
            List<Step> steps = new ArrayList<>();
            for (Section section : program.sections()) {
                steps.add(step(section, lowering));
            }
            this.programs.put(program, steps);
        }
        List<ImmutableTaskGraph> all = new ArrayList<>(uploads.graphs());
        this.uploadGraphs = all.size();
        graphs.forEach(graph -> all.add(graph.graph()));
        this.started = new boolean[all.size()];
        this.plan = new TornadoExecutionPlan(all.toArray(ImmutableTaskGraph[]::new));
        plan.withDevice(device.tornado());
    }

    private Step step(Section section, Lowering lowering) {
        List<List<KernelTask>> parts = new ArrayList<>();
        List<List<Integer>> kernels = new ArrayList<>();
        List<KernelTask> part = new ArrayList<>();
        List<Integer> partKernels = new ArrayList<>();
        for (int k = 0; k < section.kernels().size(); k++) {
            List<KernelTask> tasks = lowering.tasks(section.kernels().get(k));
            if (part.size() + tasks.size() > SectionGraph.TASKS) {
                parts.add(part);
                kernels.add(partKernels);
                part = new ArrayList<>();
                partKernels = new ArrayList<>();
            }
            part.addAll(tasks);
            for (int i = 0; i < tasks.size(); i++) {
                partKernels.add(k);
            }
        }
        if (!part.isEmpty()) {
            parts.add(part);
            kernels.add(partKernels);
        }
        Kind kind = kinds.computeIfAbsent(section.kind(), _ -> {
            int first = graphs.size();
            parts.forEach(tasks -> graphs.add(new SectionGraph(tasks, memory)));
            return new Kind(first, kernels);
        });
        List<Launch> launches = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            launches.add(new Launch(kind.firstGraph() + i, SectionGraph.places(parts.get(i))));
        }
        return new Step(section, launches);
    }

    @Override
    public void run(Program program) {
        enter();
        try {
            List<Step> steps = steps(program);
            prepare();
            for (Step step : steps) {
                for (Launch launch : step.launches()) {
                    launch(launch);
                }
            }
            stopProfiling();
        } finally {
            leave();
        }
    }

    @Override
    public void run(Program program, KernelListener listener) {
        enter();
        try {
            List<Step> steps = steps(program);
            prepare();
            startProfiling();
            for (Step step : steps) {
                long[] nanoseconds = new long[step.section().kernels().size()];
                Kind kind = kinds.get(step.section().kind());
                for (int i = 0; i < step.launches().size() && kind != null; i++) {
                    Launch launch = step.launches().get(i);
                    TornadoExecutionResult result = launch(launch);
                    Map<String, Long> times = times(result);
                    List<String> ids = graphs.get(launch.graph()).ids();
                    for (int t = 0; t < ids.size(); t++) {
                        int kernel = kind.kernels().get(i).get(t);
                        nanoseconds[kernel] += times.getOrDefault(SectionGraph.NAME + "." + ids.get(t), 0L);
                    }
                }
                for (int k = 0; k < nanoseconds.length; k++) {
                    listener.ran(step.section(), step.section().kernels().get(k), nanoseconds[k]);
                }
            }
            stopProfiling();
        } finally {
            leave();
        }
    }

    private void startProfiling() {
        plan.withProfiler(ProfilerMode.SILENT);
        profiling = true;
    }

    /** TornadoVM takes notice at the next execution only; until then every read would print a complaint. */
    private void stopProfiling() {
        if (profiling) {
            plan.withoutProfiler();
            profiling = false;
            uploads.start((index, grids, up) -> {
                bytesUp += up;
                execute(index, grids);
            });
        }
    }

    private static Map<String, Long> times(TornadoExecutionResult result) {
        return TaskTimes.last(result.getProfilerResult().getProfileLog());
    }

    private List<Step> steps(Program program) {
        List<Step> steps = programs.get(program);
        if (steps == null) {
            throw new IllegalArgumentException(program + " is not among the compiled programs " + programs.keySet());
        }
        return steps;
    }

    private TornadoExecutionResult launch(Launch launch) {
        SectionGraph graph = graphs.get(launch.graph());
        graph.place(launch.places());
        int index = uploadGraphs + launch.graph();
        bytesUp += graph.bytesPerRun() + (started[index] ? 0 : graph.firstBytes());
        return execute(index, graph.grids());
    }

    private TornadoExecutionResult execute(int index, GridScheduler grids) {
        try {
            boolean first = !started[index];
            if (first && !profiling) {
                startProfiling();
            }
            TornadoExecutionResult result =
                    plan.withGraph(index).withGridScheduler(grids).execute();
            started[index] = true;
            if (first) {
                device.launches().refused(times(result)).ifPresent(task -> {
                    throw device.refused(task.substring(task.indexOf('.') + 1));
                });
            }
            return result;
        } catch (RuntimeException e) {
            throw device.failure(e);
        }
    }

    /** Brings the arenas up at the first call, later what the host has written since. */
    private void prepare() {
        if (reader == null) {
            bytesUp += bytes;
            uploads.start((index, grids, up) -> {
                bytesUp += up;
                reader = execute(index, grids);
            });
        } else {
            uploads.flush((index, grids, up) -> {
                bytesUp += up;
                execute(index, grids);
            });
        }
    }

    @Override
    public void write(Slot slot, float[] values) {
        MemorySegment target = target(slot, ElementType.FLOAT32, values.length);
        MemorySegment.copy(values, 0, target, ValueLayout.JAVA_FLOAT, 0, values.length);
    }

    @Override
    public void write(Slot slot, double[] values) {
        MemorySegment target = target(slot, ElementType.FLOAT32, values.length);
        for (int i = 0; i < values.length; i++) {
            target.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
        }
    }

    @Override
    public void write(Slot slot, int[] values) {
        MemorySegment target = target(slot, ElementType.INT32, values.length);
        MemorySegment.copy(values, 0, target, ValueLayout.JAVA_INT, 0, values.length);
    }

    /** The host's memory of a slot, which is about to be newer than the device's. */
    private MemorySegment target(Slot slot, ElementType type, long count) {
        enter();
        try {
            MemorySegment segment = segment(slot, type);
            if (slot.size() != count) {
                throw new IllegalArgumentException("%s takes %d values, not %d".formatted(slot, slot.size(), count));
            }
            if (reader != null) {
                uploads.add(slot);
            }
            return segment;
        } finally {
            leave();
        }
    }

    private MemorySegment segment(Slot slot, ElementType type) {
        if (slot.arena().type() != type) {
            throw new IllegalArgumentException(slot + " holds " + slot.arena().type() + ", not " + type);
        }
        if (slot.end() > memory.storage(slot.arena()).length()) {
            throw new IllegalArgumentException(
                    "%s lies outside the compiled arena of %d elements; compile a program that reaches it"
                            .formatted(slot, memory.storage(slot.arena()).length()));
        }
        return memory.storage(slot.arena())
                .data()
                .asSlice(slot.offset() * ElementType.BYTES, slot.size() * ElementType.BYTES);
    }

    @Override
    public float[] readFloats(Slot slot) {
        return fetch(slot, ElementType.FLOAT32).toArray(ValueLayout.JAVA_FLOAT);
    }

    @Override
    public double[] readDoubles(Slot slot) {
        float[] floats = readFloats(slot);
        double[] values = new double[floats.length];
        for (int i = 0; i < floats.length; i++) {
            values[i] = floats[i];
        }
        return values;
    }

    @Override
    public int[] readInts(Slot slot) {
        return fetch(slot, ElementType.INT32).toArray(ValueLayout.JAVA_INT);
    }

    /** The host's memory of a slot after the device's values have come down into it. */
    private MemorySegment fetch(Slot slot, ElementType type) {
        enter();
        try {
            MemorySegment segment = segment(slot, type);
            if (reader != null && slot.size() > 0) {
                prepare();
                stopProfiling();
                TornadoNativeArray array =
                        type == ElementType.FLOAT32 ? memory.floats(slot.arena()) : memory.ints(slot.arena());
                plan.withGraph(0);
                reader.transferToHost(
                        new DataRange(array).withOffset(slot.offset()).withSize(slot.size()));
                bytesDown += slot.size() * ElementType.BYTES;
            }
            return segment;
        } finally {
            leave();
        }
    }

    @Override
    public long memory() {
        return bytes;
    }

    @Override
    public Traffic traffic() {
        return new Traffic(bytesUp, bytesDown);
    }

    /** Graphs share the code of equally named tasks, but for the last task of each, which TornadoVM compiles anew. */
    @Override
    public int compiledKernels() {
        Set<String> shared = new HashSet<>();
        graphs.forEach(graph -> shared.addAll(graph.ids()));
        return shared.size() + graphs.size();
    }

    /** Graphs that were built: one a kind of section unless a kind needs several. */
    int graphCount() {
        return graphs.size();
    }

    /** A plan does not bear two threads at once: it would abort the process. */
    private void enter() {
        if (closed) {
            throw new IllegalStateException("this executable is closed");
        }
        if (!busy.compareAndSet(false, true)) {
            throw new IllegalStateException("this executable is in use by another thread; one thread at a time");
        }
    }

    private void leave() {
        busy.set(false);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        enter();
        closed = true;
        try {
            // Each graph frees what it brought up itself; the arenas belong to graph 0, which goes last.
            for (int index = started.length - 1; index >= 0; index--) {
                if (started[index]) {
                    plan.withGraph(index);
                    plan.close();
                }
            }
        } catch (TornadoExecutionPlanException e) {
            throw new DeviceException("device tornado: could not free the device's memory: " + e.getMessage(), e);
        } finally {
            memory.close();
            device.released(bytes);
            leave();
        }
    }
}
