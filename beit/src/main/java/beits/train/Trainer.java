package beits.train;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.autograd.Tensor;
import beits.device.Device;
import beits.device.Executable;
import beits.device.KernelListener;
import beits.optim.Optimiser;
import beits.program.Program;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns batches into optimiser steps on a device. With one micro-batch a step there is one program; with more there are three:
 * the first micro-batch overwrites the gradients, the others add to them, and an update follows.
 *
 * @param <B> a micro-batch
 */
public final class Trainer<B> implements AutoCloseable {
    private final Objective<B> objective;
    private final Optimiser optimiser;
    private final int accumulation;
    private final double[] learningRates;
    private final double[] weightDecays;
    private final Pass first;
    private final Pass next;
    private final Program update;
    private final Slot norm;
    private final Executable executable;
    private long step;

    private record Pass(Program program, Slot loss, Map<String, Slot> sums) {}

    /**
     * What one step came to.
     *
     * @param loss mean over the micro-batches
     * @param shares counters divided by the rows, by name
     * @param gradientNorm before clipping
     * @param learningRate before layer decay
     * @param weightDecay of the decayed parameters
     * @param pictures pictures of all micro-batches
     */
    public record StepResult(
            double loss,
            Map<String, Double> shares,
            double gradientNorm,
            double learningRate,
            double weightDecay,
            int pictures) {}

    /**
     * Compiles the programs. Parameters are zeros until {@link #initialise} or a checkpoint sets them.
     *
     * @param accumulation micro-batches a step
     * @param learningRates one value a step
     * @param weightDecays one value a step
     * @param others programs over the same layout, such as an evaluation
     */
    public Trainer(
            Device device,
            Objective<B> objective,
            Optimiser optimiser,
            int accumulation,
            double[] learningRates,
            double[] weightDecays,
            List<Program> others) {
        this(device, objective, optimiser, accumulation, learningRates, weightDecays, others, false);
    }

    /**
     * Compiles the programs.
     *
     * @param recompute whether the blocks' activations are computed again in the backward pass instead of being kept: the same
     *     results for a third more work in less memory (BEiT-base, batch 64: 2.9 GB instead of 11.7 GB)
     */
    public Trainer(
            Device device,
            Objective<B> objective,
            Optimiser optimiser,
            int accumulation,
            double[] learningRates,
            double[] weightDecays,
            List<Program> others,
            boolean recompute) {
        if (accumulation < 1) {
            throw new IllegalArgumentException("updateFreq = " + accumulation + " must be at least 1");
        }
        this.objective = objective;
        this.optimiser = optimiser;
        this.accumulation = accumulation;
        this.learningRates = learningRates.clone();
        this.weightDecays = weightDecays.clone();
        List<Program> programs = new ArrayList<>();
        Graph forward = new Graph(accumulation == 1 ? "step" : "first micro-batch", true, recompute);
        Objective.Recorded recorded = record(forward, false);
        Set<Parameter> trained = forward.trained();
        if (accumulation == 1) {
            Tensor normTensor = forward.output(optimiser.record(forward, trained));
            first = pass(forward, recorded);
            next = first;
            update = first.program;
            norm = forward.locate(normTensor);
            programs.add(first.program);
        } else {
            first = pass(forward, recorded);
            Graph adding = new Graph("next micro-batch", true, recompute);
            next = pass(adding, record(adding, true));
            Graph updating = new Graph("update", false);
            Tensor normTensor = updating.output(optimiser.record(updating, trained));
            update = updating.build();
            norm = updating.locate(normTensor);
            programs.addAll(List.of(first.program, next.program, update));
        }
        programs.addAll(others);
        executable = device.compile(programs);
    }

    private Objective.Recorded record(Graph graph, boolean accumulate) {
        Objective.Recorded recorded = objective.record(graph);
        graph.output(recorded.loss());
        recorded.sums().values().forEach(graph::output);
        graph.backward(recorded.loss(), 1.0 / accumulation, accumulate);
        return recorded;
    }

    private static Pass pass(Graph graph, Objective.Recorded recorded) {
        Program program = graph.build();
        Map<String, Slot> sums = new LinkedHashMap<>();
        recorded.sums().forEach((name, tensor) -> sums.put(name, graph.locate(tensor)));
        return new Pass(program, graph.locate(recorded.loss()), sums);
    }

    /** Gives every parameter its start value and makes the moving average equal to it. */
    public void initialise(long seed) {
        Layout layout = objective.layout();
        for (Parameter parameter : layout.parameters()) {
            int size = Math.toIntExact(parameter.slot().size());
            write(parameter, parameter.initialiser().draw(size, seed, parameter.name()));
        }
        for (Layout.State state : layout.states()) {
            float[] values = new float[Math.toIntExact(state.slot().size())];
            java.util.Arrays.fill(values, state.initial());
            executable.write(state.slot(), values);
        }
    }

    /** Sets a parameter and its moving average. */
    public void write(Parameter parameter, float[] values) {
        executable.write(parameter.slot(), values);
        if (optimiser.settings().averageDecay() > 0) {
            executable.write(parameter.slot().in(Arena.AVERAGE), values);
        }
    }

    /**
     * Runs one optimiser step.
     *
     * @param batches the micro-batches
     * @return what it came to
     */
    public StepResult step(List<B> batches) {
        return step(batches, null);
    }

    /** {@link #step(List)} that tells a listener about every kernel. */
    public StepResult step(List<B> batches, @Nullable KernelListener listener) {
        if (batches.size() != accumulation) {
            throw new IllegalArgumentException(
                    "%d micro-batches instead of %d".formatted(batches.size(), accumulation));
        }
        double rate = learningRates[Math.toIntExact(step)];
        double decay = weightDecays[Math.toIntExact(step)];
        executable.write(optimiser.ratesSlot(), optimiser.rates(step + 1, rate, decay));
        double loss = 0;
        long rows = 0;
        int pictures = 0;
        Map<String, Double> sums = new LinkedHashMap<>();
        for (int i = 0; i < accumulation; i++) {
            Pass pass = i == 0 ? first : next;
            objective.feed(executable, batches.get(i), step * accumulation + i);
            run(pass.program, listener);
            loss += executable.readDoubles(pass.loss)[0] / accumulation;
            pass.sums.forEach((name, slot) -> sums.merge(name, executable.readDoubles(slot)[0], Double::sum));
            rows += objective.rows(batches.get(i));
            pictures += objective.pictures(batches.get(i));
        }
        if (update != first.program) {
            run(update, listener);
        }
        double gradientNorm = executable.readDoubles(norm)[0];
        step++;
        long total = Math.max(1, rows);
        Map<String, Double> shares = new LinkedHashMap<>();
        sums.forEach((name, sum) -> shares.put(name, sum / total));
        return new StepResult(loss, shares, gradientNorm, rate, decay, pictures);
    }

    private void run(Program program, @Nullable KernelListener listener) {
        if (listener == null) {
            executable.run(program);
        } else {
            executable.run(program, listener);
        }
    }

    /** Steps done so far. */
    public long stepsDone() {
        return step;
    }

    /** Continues after this many steps; weights and moments are the caller's. */
    public void resumeAt(long stepsDone) {
        step = stepsDone;
    }

    /** Steps of the whole schedule. */
    public long steps() {
        return learningRates.length;
    }

    /** What is trained. */
    public Objective<B> objective() {
        return objective;
    }

    /** Whether a moving average of the parameters is kept. */
    public boolean averaging() {
        return optimiser.settings().averageDecay() > 0;
    }

    /** The programs of a step, for listings and costs. */
    public List<Program> programs() {
        return accumulation == 1 ? List.of(first.program) : List.of(first.program, next.program, update);
    }

    /** The compiled programs and their arenas. */
    public Executable executable() {
        return executable;
    }

    @Override
    public void close() {
        executable.close();
    }
}
