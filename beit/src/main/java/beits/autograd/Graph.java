package beits.autograd;

import beits.kernel.Fill;
import beits.kernel.Kernel;
import beits.program.MemoryPlan;
import beits.program.Program;
import beits.program.Section;
import beits.tensor.Arena;
import beits.tensor.Shape;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A recording: operations on tensors append kernels to it, {@link #backward} appends their gradients, {@link #build} plans the
 * memory and gives the program.
 */
public final class Graph {
    private final String name;
    private final boolean training;
    private final boolean recompute;
    private final List<Section> sections = new ArrayList<>();
    private final List<Kernel> open = new ArrayList<>();
    private final List<TapeEntry> tape = new ArrayList<>();
    private final NavigableMap<Long, Slot> activations = new TreeMap<>();
    private final List<Slot> outputs = new ArrayList<>();
    private final Map<Long, Kernel> forgotten = new HashMap<>();
    private final Map<Long, Long> copies = new HashMap<>();
    private final Map<String, Tensor> parameterTensors = new HashMap<>();
    private final Map<Tensor, Parameter> parameters = new IdentityHashMap<>();
    private Set<Parameter> trained = Set.of();
    private String section = "start";
    private long nextAddress;
    private @Nullable Recomputation stretch;
    private boolean inBackward;
    private @Nullable MemoryPlan plan;

    /** Appends the gradient of an operation, given the gradient of its result. */
    @FunctionalInterface
    public interface Backward {
        /** Emits kernels that turn {@code dOut} into contributions to the gradients of the operation's inputs. */
        void run(Gradients gradients, Slot dOut);
    }

    private record TapeEntry(
            String section,
            Tensor out,
            Backward backward,
            @Nullable Recomputation stretch) {}

    /**
     * An empty recording.
     *
     * @param name of the program
     * @param training whether operations shall remember what a backward pass needs
     */
    public Graph(String name, boolean training) {
        this(name, training, false);
    }

    /**
     * An empty recording.
     *
     * @param name of the program
     * @param training whether operations shall remember what a backward pass needs
     * @param recompute whether the stretches named by {@link #recomputed} forget it and are computed again instead
     */
    public Graph(String name, boolean training, boolean recompute) {
        this.name = name;
        this.training = training;
        this.recompute = training && recompute;
    }

    /** Whether a backward pass will follow. */
    public boolean training() {
        return training;
    }

    /** Begins a section; everything emitted from here on belongs to it. */
    public void section(String title) {
        if (title.equals(section)) {
            return;
        }
        if (stretch != null) {
            throw new IllegalStateException(
                    "what is recomputed lies in one section, not in " + section + " and " + title);
        }
        closeSection();
        section = title;
    }

    /**
     * Records a stretch of the forward pass, such as a block, of which a recording that recomputes keeps only what others read: the
     * rest is computed again in the backward pass, with the same results.
     */
    public <T> T recomputed(Supplier<T> forward) {
        if (!recompute || stretch != null) {
            return forward.get();
        }
        Recomputation begun = new Recomputation(nextAddress);
        stretch = begun;
        try {
            return forward.get();
        } finally {
            begun.end(nextAddress);
            stretch = null;
        }
    }

    /**
     * Lets the backward pass make a copy of an activation when it comes to a kernel that reads it, so that nothing keeps it from the
     * forward pass: for activations that a quick kernel makes from others that are kept anyway. What is {@link #recomputed} is
     * forgotten as a whole, and by itself.
     *
     * @param activation as allocated
     * @param again the kernel that writes it again, with the same result
     */
    public void forget(Slot activation, Kernel again) {
        if (training && stretch == null) {
            forgotten.put(activation.offset(), again);
        }
    }

    private void closeSection() {
        if (!open.isEmpty()) {
            sections.add(new Section(section, open));
            open.clear();
        }
    }

    /** The tensor of a parameter in this recording. */
    public Tensor parameter(Parameter parameter) {
        return parameterTensors.computeIfAbsent(parameter.name(), _ -> {
            Tensor tensor = new Tensor(this, parameter.slot(), training);
            parameters.put(tensor, parameter);
            return tensor;
        });
    }

    @Nullable
    Parameter parameterOf(Tensor tensor) {
        return parameters.get(tensor);
    }

    /** The tensor of an input, a state or an index slot: no gradient flows into it. */
    public Tensor constant(Slot slot) {
        return new Tensor(this, slot, false);
    }

    /** Room for an activation that is not a result of an operation on tensors. */
    public Slot allocate(Shape shape) {
        Slot slot = new Slot(Arena.ACTIVATIONS, nextAddress, shape);
        activations.put(nextAddress, slot);
        nextAddress = Slot.align(nextAddress + Math.max(1, shape.size()));
        return slot;
    }

    /** {@link #allocate(Shape)} by extents. */
    public Slot allocate(int... extents) {
        return allocate(Shape.of(extents));
    }

    /** Address of the allocation that a slot is part of; slots of other arenas have one address each. */
    long base(Slot slot) {
        if (slot.arena() != Arena.ACTIVATIONS) {
            return -1 - slot.offset() * Arena.values().length - slot.arena().ordinal();
        }
        return Objects.requireNonNull(activations.floorKey(slot.offset()));
    }

    /** Makes the result of an operation known. */
    public Tensor result(Slot slot, boolean differentiable) {
        return new Tensor(this, slot, training && differentiable);
    }

    /** Appends a kernel. */
    public void emit(Kernel kernel) {
        if (plan != null) {
            throw new IllegalStateException("the program " + name + " is already built");
        }
        open.add(inBackward ? reading(kernel) : kernel);
        if (stretch != null) {
            stretch.add(kernel);
        }
    }

    /** The kernel with what was forgotten replaced by copies, which are made in front of it. */
    private Kernel reading(Kernel kernel) {
        for (Slot slot : kernel.reads()) {
            long address = base(slot);
            Kernel again = forgotten.remove(address);
            if (again != null) {
                Slot copy = allocate(
                        Objects.requireNonNull(activations.get(address)).shape());
                copies.put(address, copy.offset() - address);
                emit(again);
            }
        }
        return kernel.map(slot -> slot.at(slot.offset() + copies.getOrDefault(base(slot), 0L)));
    }

    /** Remembers how the gradient of {@code out} goes on; ignored when no gradient flows through it. */
    public void record(Tensor out, Backward backward) {
        if (out.differentiable()) {
            tape.add(new TapeEntry(section, out, backward, stretch));
        }
    }

    /**
     * Appends the backward pass of a scalar.
     *
     * @param loss [1]
     * @param seed its gradient: 1, or 1/n when n micro-batches are accumulated
     * @param accumulate whether parameter gradients are added to those of the micro-batches before
     */
    public void backward(Tensor loss, double seed, boolean accumulate) {
        if (!training) {
            throw new IllegalStateException("the recording " + name + " is not for training");
        }
        inBackward = true;
        Gradients gradients = new Gradients(this, accumulate);
        section(section + " backward");
        Slot start = allocate(loss.shape());
        emit(new Fill(start, seed));
        gradients.pass(loss, start);
        @Nullable Recomputation current = null;
        int begin = 0;
        for (TapeEntry entry : tape.reversed()) {
            Slot dOut = gradients.take(entry.out);
            if (dOut != null) {
                if (entry.stretch != current) {
                    recompute(current, begin);
                }
                section(entry.section + " backward");
                if (entry.stretch != current) {
                    current = entry.stretch;
                    begin = open.size();
                }
                entry.backward.run(gradients, dOut);
            }
        }
        recompute(current, begin);
        inBackward = false;
        trained = gradients.touched();
        tape.clear();
    }

    /** Puts what the open kernels from {@code begin} on need of a stretch in front of them. */
    private void recompute(@Nullable Recomputation past, int begin) {
        if (past == null) {
            return;
        }
        List<Kernel> backward = open.subList(begin, open.size());
        long distance = past.distance(nextAddress);
        past.moved(activations, distance).forEach(slot -> activations.put(slot.offset(), slot));
        nextAddress += past.size();
        List<Kernel> kernels = past.again(List.copyOf(backward), activations, distance);
        backward.clear();
        open.addAll(kernels);
    }

    /** Parameters that the backward pass gave a gradient. */
    public Set<Parameter> trained() {
        return Collections.unmodifiableSet(trained);
    }

    /** Keeps a tensor to the end of the run, so that the host can read it. */
    public Tensor output(Tensor tensor) {
        if (tensor.slot().arena() == Arena.ACTIVATIONS) {
            outputs.add(tensor.slot());
        }
        return tensor;
    }

    /** Plans the memory; nothing can be appended afterwards. */
    public Program build() {
        if (plan == null) {
            closeSection();
            plan = MemoryPlan.of(name, sections, activations.values(), outputs);
        }
        return plan.program();
    }

    /** Where a tensor lies in the built program. */
    public Slot locate(Tensor tensor) {
        if (plan == null) {
            throw new IllegalStateException("the program " + name + " is not built yet");
        }
        return plan.locate(tensor.slot());
    }
}
