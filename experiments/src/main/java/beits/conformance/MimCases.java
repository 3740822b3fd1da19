package beits.conformance;

import beits.autograd.Attentions;
import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Losses;
import beits.autograd.Tensor;
import beits.autograd.Tokens;
import beits.device.Device;
import beits.device.Executable;
import beits.kernel.GradientNorm;
import beits.mim.MimBatch;
import beits.mim.MimInputs;
import beits.mim.MimObjective;
import beits.model.BeitConfig;
import beits.model.DropPathDraws;
import beits.model.Encoder;
import beits.model.MaskedImageModel;
import beits.optim.Optimiser;
import beits.program.Program;
import beits.tensor.Arena;
import beits.tensor.Slot;
import beits.train.Objective;
import beits.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Masked image modelling: one forward and backward pass looked at closely, then optimiser steps. */
final class MimCases implements CaseRunner {
    @Override
    public void run(GoldenCase golden, Device device, Judge judge) {
        Fields config = golden.config();
        BeitConfig network = Models.network(config);
        List<MimBatch> batches = batches(golden);
        MimBatch first = batches.getFirst();
        int pictures = golden.input("batch0/images").shape()[0];
        int mostMasked = 1;
        for (MimBatch batch : batches) {
            for (int i = 0; i < batch.mask().length; i += network.patches()) {
                int end = i + network.patches();
                MimBatch one = new MimBatch(
                        new float[0],
                        Arrays.copyOfRange(batch.mask(), i, end),
                        Arrays.copyOfRange(batch.tokens(), i, end));
                mostMasked = Math.max(mostMasked, one.masked());
            }
        }

        Layout layout = new Layout();
        MaskedImageModel model = new MaskedImageModel(layout, network, config.integer("vocab_size"));
        Recipe recipe = Recipe.of(config, layout);
        MimObjective objective = new MimObjective(layout, model, pictures, mostMasked, 0);
        Optimiser optimiser = new Optimiser(layout, recipe.settings(), recipe.groups());
        MimInputs inputs = MimInputs.create(layout, network, pictures, mostMasked);
        Probe probe = Probe.record(layout, model, inputs);
        Inspection inspection = Inspection.record(layout, model, inputs);
        PositionIndex index = PositionIndex.record(layout, network.gridHeight(), network.gridWidth());

        recipe.judge(judge, config, golden.scalars());
        try (Trainer<MimBatch> trainer = new Trainer<>(
                device,
                new GivenDropPath(objective, golden),
                optimiser,
                1,
                recipe.learningRates(),
                recipe.weightDecays(),
                List.of(probe.program, inspection.program, index.program()))) {
            Executable executable = trainer.executable();
            Models.load(layout, Models.named(golden.inputs(), Models.PARAMETER), trainer::write);
            feed(executable, model.encoder(), inputs, golden, first);
            if (golden.expected().containsKey("relative_position_index")) {
                judge.exact("relative_position_index", index.compute(executable));
            }
            executable.run(inspection.program);
            inspection.judge(golden, judge, executable);
            executable.run(probe.program);
            probe.judge(golden, judge, executable, layout, first.masked());
            if (golden.scalars().has("steps")) {
                steps(golden, judge, trainer, recipe, batches);
                afterSteps(golden, judge, layout, executable, () -> {
                    feed(executable, model.encoder(), inputs, golden, first);
                    executable.run(probe.program);
                    return executable.readDoubles(probe.loss)[0];
                });
            }
        }
    }

    /** The objective with the drop path draws of the case instead of its own. */
    private record GivenDropPath(MimObjective objective, GoldenCase golden) implements Objective<MimBatch> {
        @Override
        public Layout layout() {
            return objective.layout();
        }

        @Override
        public Recorded record(Graph graph) {
            return objective.record(graph);
        }

        @Override
        public void feed(Executable executable, MimBatch batch, long micro) {
            MimCases.feed(executable, objective.model().encoder(), objective.inputs(), golden, batch);
        }

        @Override
        public int rows(MimBatch batch) {
            return objective.rows(batch);
        }

        @Override
        public int pictures(MimBatch batch) {
            return objective.pictures(batch);
        }
    }

    private static void feed(
            Executable executable, Encoder encoder, MimInputs inputs, GoldenCase golden, MimBatch batch) {
        inputs.write(executable, encoder, batch, new DropPathDraws(0), 0);
        Slot keep = inputs.encoder().keep();
        if (keep != null) {
            executable.write(
                    keep,
                    encoder.dropPathFactors(golden.input("drop_path_uniform").values()));
        }
    }

    private static void steps(
            GoldenCase golden, Judge judge, Trainer<MimBatch> trainer, Recipe recipe, List<MimBatch> batches) {
        int[] order = golden.scalars().integers("step_batches");
        List<Fields> rows = golden.scalars().objects("steps");
        judge.equal("number of steps", order.length, rows.size());
        for (int step = 0; step < order.length; step++) {
            Fields row = rows.get(step);
            String what = "steps[" + step + "]";
            Trainer.StepResult result = trainer.step(List.of(batches.get(order[step])));
            recipe.judgeRates(judge, what, row, step);
            judge.scalar(what + ".loss", result.loss(), row.number("loss"));
            judge.scalar(what + ".grad_norm", result.gradientNorm(), row.number("grad_norm"));
            judge.scalar(
                    what + ".mlm_acc",
                    Objects.requireNonNull(result.shares().get(MimObjective.ACCURACY)),
                    row.number("mlm_acc"));
        }
    }

    /** Judges parameters, moving averages and the loss of the first batch after the steps of a case. */
    static void afterSteps(
            GoldenCase golden,
            Judge judge,
            Layout layout,
            Executable executable,
            java.util.function.DoubleSupplier lossOfFirstBatch) {
        for (Arena arena : List.of(Arena.PARAMETERS, Arena.AVERAGE)) {
            Kind kind = arena == Arena.PARAMETERS ? Kind.UPDATED : Kind.AVERAGED;
            golden.expected().keySet().stream()
                    .filter(name -> Kind.of(name) == kind)
                    .findFirst()
                    .ifPresent(name ->
                            Models.judge(judge, layout, executable, arena, name.substring(0, name.indexOf('/') + 1)));
        }
        for (String name : golden.scalars().names()) {
            if (name.matches("loss_after\\d+_batch0")) {
                judge.scalar(
                        name, lossOfFirstBatch.getAsDouble(), golden.scalars().number(name));
            }
        }
    }

    private static List<MimBatch> batches(GoldenCase golden) {
        List<MimBatch> batches = new ArrayList<>();
        for (int i = 0; golden.inputs().containsKey("batch" + i + "/images"); i++) {
            String prefix = "batch" + i + "/";
            batches.add(new MimBatch(
                    golden.input(prefix + "images").floats(),
                    golden.input(prefix + "mask").booleans(),
                    golden.input(prefix + "token_ids").integers()));
        }
        if (batches.isEmpty()) {
            throw new IllegalArgumentException("inputs.safetensors: tensor batch0/images is missing");
        }
        return batches;
    }

    /** Forward and backward pass of a batch with everything in between kept. */
    private record Probe(
            Program program,
            Slot patches,
            Slot embeddings,
            List<Slot> hidden,
            List<Slot> attention,
            Slot logits,
            Slot predictions,
            Slot loss,
            Slot hits,
            Slot norm,
            Slot labels) {

        static Probe record(Layout layout, MaskedImageModel model, MimInputs inputs) {
            Graph graph = new Graph("probe", true);
            Encoder.Encoded encoded = model.encoder().apply(graph, inputs.encoder(), true);
            Tensor logits = model.maskedLogits(graph, encoded, inputs.rows(), inputs.count());
            Losses.Classified result = Losses.crossEntropy(logits, inputs.labels(), inputs.count(), 0);
            Slot predictions = layout.indexes(Math.toIntExact(inputs.rows().size()));
            Tokens.argMax(logits, predictions);
            List<Tensor> kept = new ArrayList<>(
                    List.of(encoded.patches(), encoded.embeddings(), logits, result.loss(), result.hits()));
            kept.addAll(encoded.hidden());
            kept.addAll(encoded.attention());
            kept.forEach(graph::output);
            graph.backward(result.loss(), 1, false);
            Slot normSlot = graph.allocate(1);
            graph.emit(new GradientNorm(layout.whole(Arena.GRADIENTS), normSlot));
            Tensor norm = graph.output(graph.result(normSlot, false));
            Program program = graph.build();
            return new Probe(
                    program,
                    graph.locate(encoded.patches()),
                    graph.locate(encoded.embeddings()),
                    encoded.hidden().stream().map(graph::locate).toList(),
                    encoded.attention().stream().map(graph::locate).toList(),
                    graph.locate(logits),
                    predictions,
                    graph.locate(result.loss()),
                    graph.locate(result.hits()),
                    graph.locate(norm),
                    inputs.labels());
        }

        void judge(GoldenCase golden, Judge judge, Executable executable, Layout layout, int masked) {
            judge.tensor("patch_embed", executable.readDoubles(patches));
            judge.tensor("embeddings", executable.readDoubles(embeddings));
            judgeBlocks(golden, judge, executable, hidden, attention);
            int vocabulary = logits.shape().columns();
            judge.tensor("masked_logits", Arrays.copyOf(executable.readDoubles(logits), masked * vocabulary));
            judge.exact("masked_labels", Arrays.copyOf(executable.readInts(labels), masked));
            if (golden.expected().containsKey("mlm_argmax")) {
                judge.exact("mlm_argmax", Arrays.copyOf(executable.readInts(predictions), masked));
            }
            judge.scalar(
                    "loss", executable.readDoubles(loss)[0], golden.scalars().number("loss"));
            judge.scalar(
                    "mlm_acc",
                    executable.readDoubles(hits)[0] / masked,
                    golden.scalars().number("mlm_acc"));
            judge.scalar(
                    "grad_norm",
                    executable.readDoubles(norm)[0],
                    golden.scalars().number("grad_norm"));
            Models.judge(judge, layout, executable, Arena.GRADIENTS, "grad/");
        }
    }

    /** Judges outputs and attention probabilities of the blocks that a case expects. */
    static void judgeBlocks(
            GoldenCase golden, Judge judge, Executable executable, List<Slot> hidden, List<Slot> attention) {
        for (int i = 0; i < hidden.size(); i++) {
            if (golden.expected().containsKey("hidden/block" + i)) {
                judge.tensor("hidden/block" + i, executable.readDoubles(hidden.get(i)));
            }
            if (golden.expected().containsKey("attention/block" + i)) {
                judge.tensor("attention/block" + i, executable.readDoubles(attention.get(i)));
            }
        }
    }

    /** Values that a training step does not compute: the last norm of all tokens, logits without drop path. */
    private record Inspection(Program program, Slot finalNorm, Slot allLogits, List<Slot> bias) {
        static Inspection record(Layout layout, MaskedImageModel model, MimInputs inputs) {
            BeitConfig network = model.encoder().config();
            Graph graph = new Graph("inspection", false);
            Tensor norm = graph.output(model.normalise(
                    model.encoder().apply(graph, inputs.encoder(), false).last()));
            Encoder.Inputs evaluation = new Encoder.Inputs(
                    inputs.encoder().images(), inputs.encoder().mask(), null);
            Encoder.Encoded encoded = model.encoder().apply(graph, evaluation, false);
            Tensor logits =
                    graph.output(model.logits(model.normalise(Tokens.slice(encoded.last(), 1, network.patches()))));
            List<Tensor> bias = new ArrayList<>();
            if (network.sharedRelativeBias()) {
                Tensor table = graph.parameter(layout.parameter("rel_pos_bias.relative_position_bias_table"));
                bias.add(graph.output(
                        Attentions.relativePositionBias(table, network.gridHeight(), network.gridWidth())));
            }
            Program program = graph.build();
            return new Inspection(
                    program,
                    graph.locate(norm),
                    graph.locate(logits),
                    bias.stream().map(graph::locate).toList());
        }

        void judge(GoldenCase golden, Judge judge, Executable executable) {
            judge.tensor("final_norm", executable.readDoubles(finalNorm));
            judge.tensor("all_logits", executable.readDoubles(allLogits));
            if (golden.expected().containsKey("rel_pos_bias") && !bias.isEmpty()) {
                judge.tensor("rel_pos_bias", executable.readDoubles(bias.getFirst()));
            }
        }
    }
}
