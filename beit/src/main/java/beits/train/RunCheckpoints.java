package beits.train;

import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.checkpoint.CheckpointException;
import beits.checkpoint.Checkpoints;
import beits.checkpoint.NamedTensors;
import beits.checkpoint.Safetensors;
import beits.checkpoint.TensorData;
import beits.device.Executable;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Checkpoints of a run: {@code step-N.safetensors} holds the model under its official names and describes itself;
 * {@code step-N.state.safetensors} beside it holds the moments and the moving average. The state is written first, so a model
 * file always has its state. All randomness of a run is a function of its seed and the step, so nothing else is needed.
 */
public final class RunCheckpoints implements CheckpointStore {
    /** Key of the number of optimiser steps in the description. */
    public static final String STEP = "beits.step";

    private static final Pattern MODEL = Pattern.compile("step-(\\d+)\\.safetensors");

    private final Path folder;
    private final int keep;
    private final Map<String, String> description;

    /**
     * Checkpoints in a folder.
     *
     * @param keep how many of the newest stay
     * @param description what the model file says of itself: kind, configuration, normalisation …
     */
    public RunCheckpoints(Path folder, int keep, Map<String, String> description) {
        if (keep < 1) {
            throw new IllegalArgumentException("keepCheckpoints = " + keep + " must be at least 1");
        }
        this.folder = folder;
        this.keep = keep;
        this.description = Map.copyOf(description);
    }

    @Override
    public Path save(Trainer<?> trainer) throws IOException {
        long step = trainer.stepsDone();
        Executable executable = trainer.executable();
        Layout layout = trainer.objective().layout();
        NamedTensors model = model(executable, layout, Arena.PARAMETERS);
        NamedTensors state = new NamedTensors().describe(STEP, Long.toString(step));
        for (Parameter parameter : layout.parameters()) {
            state.put(
                    "moment1/" + parameter.name(),
                    tensor(executable, parameter.slot().in(Arena.MOMENT1)));
            state.put(
                    "moment2/" + parameter.name(),
                    tensor(executable, parameter.slot().in(Arena.MOMENT2)));
            if (trainer.averaging()) {
                state.put(
                        "average/" + parameter.name(),
                        tensor(executable, parameter.slot().in(Arena.AVERAGE)));
            }
        }
        description.forEach(model::describe);
        model.describe(STEP, Long.toString(step));
        Safetensors.write(stateFile(step), state);
        Path file = folder.resolve("step-" + step + ".safetensors");
        try {
            Safetensors.write(file, model);
        } catch (IOException e) {
            Files.deleteIfExists(stateFile(step));
            throw e;
        }
        List<Long> steps = steps();
        for (long old : steps.subList(0, Math.max(0, steps.size() - keep))) {
            Files.deleteIfExists(folder.resolve("step-" + old + ".safetensors"));
            Files.deleteIfExists(stateFile(old));
        }
        return file;
    }

    /**
     * The parameters and states of a model by name.
     *
     * @param mirror PARAMETERS, or AVERAGE for the moving average in their place
     */
    public static NamedTensors model(Executable executable, Layout layout, Arena mirror) {
        NamedTensors tensors = new NamedTensors();
        for (Parameter parameter : layout.parameters()) {
            tensors.put(parameter.name(), tensor(executable, parameter.slot().in(mirror)));
        }
        for (Layout.State state : layout.states()) {
            tensors.put(state.name(), tensor(executable, state.slot()));
        }
        return tensors;
    }

    private static TensorData tensor(Executable executable, Slot slot) {
        return TensorData.of(executable.readFloats(slot), slot.shape().extents());
    }

    private Path stateFile(long step) {
        return folder.resolve("step-" + step + ".state.safetensors");
    }

    /** Steps that have a model file, in rising order. */
    public List<Long> steps() throws IOException {
        List<Long> steps = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                files.forEach(file -> {
                    Matcher matcher = MODEL.matcher(file.getFileName().toString());
                    if (matcher.matches()) {
                        steps.add(Long.parseLong(matcher.group(1)));
                    }
                });
            }
        }
        steps.sort(Comparator.naturalOrder());
        return steps;
    }

    /**
     * Restores the newest whole checkpoint.
     *
     * @param damaged hears of newer ones that were not whole
     * @return whether there was one
     */
    public boolean resume(Trainer<?> trainer, Consumer<String> damaged) throws IOException {
        for (long step : steps().reversed()) {
            try {
                NamedTensors model = Checkpoints.open(folder.resolve("step-" + step + ".safetensors"));
                NamedTensors state = Safetensors.read(stateFile(step));
                restore(trainer, model, state);
                trainer.resumeAt(step);
                return true;
            } catch (CheckpointException e) {
                damaged.accept(String.valueOf(e.getMessage()));
            }
        }
        return false;
    }

    private static void restore(Trainer<?> trainer, NamedTensors model, NamedTensors state) throws CheckpointException {
        Layout layout = trainer.objective().layout();
        Executable executable = trainer.executable();
        load(model, layout, executable, "the checkpoint");
        for (Parameter parameter : layout.parameters()) {
            Slot slot = parameter.slot();
            executable.write(slot.in(Arena.MOMENT1), values(state, "moment1/" + parameter.name(), slot));
            executable.write(slot.in(Arena.MOMENT2), values(state, "moment2/" + parameter.name(), slot));
            if (trainer.averaging()) {
                executable.write(slot.in(Arena.AVERAGE), values(state, "average/" + parameter.name(), slot));
            }
        }
    }

    /**
     * Writes the parameters and states of a model, all of which must be there in the right shape.
     *
     * @param source what the tensors come from, for the message
     * @throws CheckpointException naming what is missing or has another shape
     */
    public static void load(NamedTensors model, Layout layout, Executable executable, String source)
            throws CheckpointException {
        List<String> wrong = new ArrayList<>();
        for (Parameter parameter : layout.parameters()) {
            complain(model, parameter.name(), parameter.slot(), wrong);
        }
        for (Layout.State state : layout.states()) {
            complain(model, state.name(), state.slot(), wrong);
        }
        if (!wrong.isEmpty()) {
            throw new CheckpointException(source + " does not fit the model: " + String.join("; ", wrong));
        }
        for (Parameter parameter : layout.parameters()) {
            executable.write(parameter.slot(), model.get(parameter.name()).toFloats());
        }
        for (Layout.State state : layout.states()) {
            executable.write(state.slot(), model.get(state.name()).toFloats());
        }
    }

    private static void complain(NamedTensors model, String name, Slot slot, List<String> wrong) {
        if (!model.has(name)) {
            wrong.add("no tensor " + name);
        } else if (model.get(name).size() != slot.size()) {
            wrong.add("%s is %s instead of %s".formatted(name, model.get(name).shape(), slot.shape()));
        }
    }

    private static float[] values(NamedTensors state, String name, Slot slot) throws CheckpointException {
        if (!state.has(name) || state.get(name).size() != slot.size()) {
            throw new CheckpointException("the training state has no %s of %s".formatted(name, slot.shape()));
        }
        return state.get(name).toFloats();
    }
}
