package beits.autograd;

import beits.tensor.Arena;
import beits.tensor.Shape;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a model keeps what lasts longer than one run: parameters, running statistics, and the inputs of all its programs. Layers
 * ask it for their parameters when they are made; the programs of one model share it.
 */
public final class Layout {
    private final Map<Arena, Long> used = new EnumMap<>(Arena.class);
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, State> states = new LinkedHashMap<>();

    /**
     * A value that training changes without a gradient.
     *
     * @param name the official name, such as {@code bn.running_mean}
     * @param slot where it lies
     * @param initial value at the start
     */
    public record State(String name, Slot slot, float initial) {}

    /** A new trainable value. */
    public Parameter parameter(String name, Initialiser initialiser, int... extents) {
        Parameter parameter = new Parameter(name, allocate(Arena.PARAMETERS, extents), initialiser);
        if (parameters.putIfAbsent(name, parameter) != null) {
            throw new IllegalArgumentException("two parameters are called " + name);
        }
        return parameter;
    }

    /** A new value that training changes without a gradient. */
    public Slot state(String name, float initial, int... extents) {
        State state = new State(name, allocate(Arena.STATE, extents), initial);
        if (states.putIfAbsent(name, state) != null) {
            throw new IllegalArgumentException("two states are called " + name);
        }
        return state.slot;
    }

    /** Room for floats that the host writes before a run. */
    public Slot input(int... extents) {
        return allocate(Arena.INPUTS, extents);
    }

    /** Room for integers that the host or a kernel writes. */
    public Slot indexes(int... extents) {
        return allocate(Arena.INDEXES, extents);
    }

    private Slot allocate(Arena arena, int... extents) {
        Shape shape = Shape.of(extents);
        long offset = used.getOrDefault(arena, 0L);
        used.put(arena, Slot.align(offset + Math.max(1, shape.size())));
        return new Slot(arena, offset, shape);
    }

    /** All parameters in order of creation. */
    public List<Parameter> parameters() {
        return List.copyOf(parameters.values());
    }

    /** The parameter of this name. */
    public Parameter parameter(String name) {
        Parameter parameter = parameters.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException("the model has no parameter " + name);
        }
        return parameter;
    }

    /** All states in order of creation. */
    public List<State> states() {
        return Collections.unmodifiableList(new ArrayList<>(states.values()));
    }

    /** Number of trainable values. */
    public long parameterCount() {
        return parameters.values().stream().mapToLong(p -> p.slot().size()).sum();
    }

    /** The used part of an arena that mirrors the parameters, as one flat slot. */
    public Slot whole(Arena mirror) {
        int size = Math.toIntExact(Math.max(1, used.getOrDefault(Arena.PARAMETERS, 0L)));
        return new Slot(mirror, 0, Shape.of(size));
    }
}
