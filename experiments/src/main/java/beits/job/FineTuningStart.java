package beits.job;

import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.checkpoint.CheckpointException;
import beits.checkpoint.Grid;
import beits.checkpoint.Loading;
import beits.checkpoint.NamedTensors;
import beits.checkpoint.SegmenterWeights;
import beits.checkpoint.TensorData;
import beits.model.BeitConfig;
import beits.tensor.Slot;
import beits.train.Trainer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Puts the encoder of a checkpoint of any layout into a model with another head (official {@code run_class_finetuning}): what the
 * model has no place for is left out, a shared relative position table goes into every block, positions are interpolated to the
 * model's grid, and a head or decoder that does not fit starts fresh.
 */
final class FineTuningStart {
    private static final String BACKBONE = "backbone.";
    private static final List<String> DECODERS = List.of("decode_head.", "auxiliary_head.", "backbone.fpn");

    /** What mmseg's checkpoints hold beside weights and statistics: nothing that this model would not make itself. */
    private static final List<String> BUFFERS = List.of(".relative_position_index", ".num_batches_tracked");

    private FineTuningStart() {}

    /**
     * Writes the start values.
     *
     * @param config of the model's encoder
     * @param layout of the model
     * @param notes hears what became of every tensor
     * @throws CheckpointException when a tensor is not explained by any rule
     */
    static void from(
            StartWeights pretrained, BeitConfig config, Trainer<?> trainer, Layout layout, Consumer<String> notes)
            throws CheckpointException {
        Map<String, List<Long>> wanted = new LinkedHashMap<>();
        boolean backbone = false;
        for (Parameter parameter : layout.parameters()) {
            wanted.put(parameter.name(), extents(parameter.slot()));
            backbone |= parameter.name().startsWith(BACKBONE);
        }
        for (Layout.State state : layout.states()) {
            wanted.put(state.name(), extents(state.slot()));
        }
        Loading.Loaded loaded = Loading.load(
                withoutForeignDecoder(pretrained, wanted, notes),
                pretrained.source(),
                new Loading.Request(
                        wanted,
                        backbone ? BACKBONE : "",
                        new Grid(config.gridHeight(), config.gridWidth()),
                        null,
                        Loading.Purpose.FINE_TUNING,
                        Set.of()));
        for (Parameter parameter : layout.parameters()) {
            if (loaded.tensors().has(parameter.name())) {
                trainer.write(parameter, loaded.tensors().get(parameter.name()).toFloats());
            }
        }
        for (Layout.State state : layout.states()) {
            if (loaded.tensors().has(state.name())) {
                trainer.executable()
                        .write(state.slot(), loaded.tensors().get(state.name()).toFloats());
            }
        }
        loaded.report().toString().lines().forEach(notes);
    }

    private static List<Long> extents(Slot slot) {
        return Arrays.stream(slot.shape().extents()).mapToObj(Long::valueOf).toList();
    }

    /** A segmentation model without buffers and what belongs to a decoder that this model does not have. */
    private static NamedTensors withoutForeignDecoder(
            StartWeights start, Map<String, List<Long>> wanted, Consumer<String> notes) throws CheckpointException {
        if (!SegmenterWeights.isIn(start.tensors())) {
            return start.tensors();
        }
        NamedTensors pretrained = SegmenterWeights.isHuggingFace(start.tensors())
                ? SegmenterWeights.toOfficial(start.tensors(), start.source()).tensors()
                : start.tensors();
        NamedTensors kept = new NamedTensors();
        pretrained.metadata().forEach(kept::describe);
        int left = 0;
        for (Map.Entry<String, TensorData> one : pretrained.tensors().entrySet()) {
            String name = one.getKey();
            if (BUFFERS.stream().anyMatch(name::endsWith)) {
                continue;
            }
            if (DECODERS.stream().anyMatch(name::startsWith)) {
                if (one.getValue().shape().equals(wanted.get(name))) {
                    kept.put(name, one.getValue());
                } else {
                    left++;
                }
            } else {
                boolean same = wanted.containsKey(name) || !name.startsWith(BACKBONE);
                kept.put(same ? name : name.substring(BACKBONE.length()), one.getValue());
            }
        }
        if (left > 0) {
            notes.accept("%s: %d tensors of a segmentation decoder left out: this model has another one"
                    .formatted(start.source(), left));
        }
        return kept;
    }
}
