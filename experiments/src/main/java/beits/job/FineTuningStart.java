package beits.job;

import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.checkpoint.CheckpointException;
import beits.checkpoint.NamedTensors;
import beits.checkpoint.TensorData;
import beits.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Puts a pre-trained encoder into a model with another head (official {@code run_class_finetuning}): token head, mask token and
 * final norm of pre-training are left out, a shared relative position table goes into every block, norm and head stay fresh.
 */
final class FineTuningStart {
    private static final String BACKBONE = "backbone.";
    private static final List<String> HEADS =
            List.of("head.", "fc_norm.", "norm.", "fpn1.", "fpn2.", "decode_head.", "auxiliary_head.");
    private static final String SHARED_TABLE = "rel_pos_bias.relative_position_bias_table";

    private FineTuningStart() {}

    static void from(NamedTensors pretrained, Trainer<?> trainer, Layout layout, Consumer<String> notes)
            throws CheckpointException {
        List<String> fresh = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        List<Runnable> writes = new ArrayList<>();
        for (Parameter parameter : layout.parameters()) {
            String name = parameter.name().startsWith(BACKBONE)
                    ? parameter.name().substring(BACKBONE.length())
                    : parameter.name();
            boolean table = name.endsWith("attn.relative_position_bias_table");
            String from = table && !pretrained.has(name) ? SHARED_TABLE : name;
            if (isHead(name)) {
                fresh.add(name);
            } else if (!pretrained.has(from)) {
                wrong.add("no tensor " + from);
            } else {
                TensorData tensor = pretrained.get(from);
                int[] wanted = parameter.slot().shape().extents();
                if (tensor.shape()
                        .equals(Arrays.stream(wanted).mapToObj(Long::valueOf).toList())) {
                    writes.add(() -> trainer.write(parameter, tensor.toFloats()));
                } else {
                    wrong.add("%s is %s instead of %s".formatted(from, tensor.shape(), Arrays.toString(wanted)));
                }
            }
        }
        if (!wrong.isEmpty()) {
            throw new CheckpointException(
                    "initFrom: the checkpoint does not fit the model: " + String.join("; ", wrong));
        }
        writes.forEach(Runnable::run);
        notes.accept("newly initialised: " + String.join(", ", fresh));
    }

    private static boolean isHead(String name) {
        return HEADS.stream().anyMatch(name::startsWith);
    }
}
