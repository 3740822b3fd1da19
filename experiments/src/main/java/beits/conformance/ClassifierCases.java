package beits.conformance;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Losses;
import beits.autograd.Tensor;
import beits.device.Device;
import beits.device.Executable;
import beits.model.BeitConfig;
import beits.model.Encoder;
import beits.model.ImageClassifier;
import beits.model.ImageClassifier.Pooling;
import beits.optim.Optimiser;
import beits.program.Program;
import beits.tensor.Arena;
import beits.tensor.Slot;
import beits.train.Trainer;
import java.util.ArrayList;
import java.util.List;

/** Classification: one forward and backward pass looked at closely, then optimiser steps with all of the recipe. */
final class ClassifierCases implements CaseRunner {
    @Override
    public void run(GoldenCase golden, Device device, Judge judge) {
        Fields config = golden.config();
        BeitConfig network = Models.network(config);
        GoldenTensor images = golden.input("batch0/images");
        int pictures = images.shape()[0];
        Layout layout = new Layout();
        ImageClassifier model = new ImageClassifier(
                layout,
                network,
                config.integer("num_classes"),
                config.flag("use_mean_pooling", true) ? Pooling.MEAN : Pooling.CLASS_TOKEN,
                1);
        Recipe recipe = Recipe.of(config, layout);
        boolean mixed = config.has("mixup");
        MixedObjective objective = new MixedObjective(
                layout,
                model,
                pictures,
                mixed,
                config.number("smoothing", 0),
                network.dropPath() > 0 ? golden.input("drop_path_uniform").values() : null);
        Optimiser optimiser = new Optimiser(layout, recipe.settings(), recipe.groups());
        Probe probe = Probe.record(model, objective);
        Evaluation evaluation = Evaluation.record(model, objective, false);
        Evaluation training = Evaluation.record(model, objective, true);
        int accumulation = config.integer("update_freq", 1);

        recipe.judge(judge, config, golden.scalars());
        try (Trainer<MixedBatch> trainer = new Trainer<>(
                device,
                objective,
                optimiser,
                accumulation,
                recipe.learningRates(),
                recipe.weightDecays(),
                List.of(probe.program, evaluation.program, training.program))) {
            Executable executable = trainer.executable();
            Models.load(layout, Models.named(golden.inputs(), Models.PARAMETER), trainer::write);
            MixedBatch first = batch(golden, 0, golden.scalars(), "cutmix_batch0");
            if (first.targets() != null) {
                judge.tensor("mixed/images", first.images());
                judge.tensor("mixed/targets", first.targets());
            }
            executable.write(objective.inputs().images(), images.values());
            executable.run(evaluation.program);
            judge.tensor("logits_unmixed", executable.readDoubles(evaluation.logits));
            objective.feed(executable, first, 0);
            executable.run(probe.program);
            probe.judge(golden, judge, executable);
            Models.judge(judge, layout, executable, Arena.GRADIENTS, "grad/");
            if (golden.scalars().has("micro_steps")) {
                steps(golden, judge, trainer, recipe, accumulation, training);
                MimCases.afterSteps(golden, judge, layout, executable, () -> {
                    objective.feed(executable, first, 0);
                    executable.run(evaluation.program);
                    return executable.readDoubles(evaluation.loss)[0];
                });
            }
        }
    }

    /** Batch {@code number}, mixed as {@code box} of {@code draws} says when the case mixes. */
    private static MixedBatch batch(GoldenCase golden, int number, Fields draws, String box) {
        GoldenTensor images = golden.input("batch" + number + "/images");
        GoldenTensor labels = golden.input("batch" + number + "/labels");
        Fields config = golden.config();
        if (!config.has("mixup")) {
            return MixedBatch.plain(images, labels);
        }
        int classes = config.integer("num_classes");
        double smoothing = config.number("smoothing", 0);
        if (!config.object("mixup").flag("cutmix", false)) {
            return MixedBatch.mixup(images, labels, config.object("mixup").number("lam"), classes, smoothing);
        }
        Fields draw = box.isEmpty() ? draws : draws.object(box);
        return MixedBatch.cutMix(
                images, labels, draw.integers("bbox_yl_yh_xl_xh"), draw.number("lam"), classes, smoothing);
    }

    private static void steps(
            GoldenCase golden,
            Judge judge,
            Trainer<MixedBatch> trainer,
            Recipe recipe,
            int accumulation,
            Evaluation training) {
        Fields scalars = golden.scalars();
        int[] order = scalars.integers("micro_batches");
        List<Fields> rows = scalars.objects("micro_steps");
        List<Fields> boxes =
                scalars.has("cutmix_per_micro_step") ? scalars.objects("cutmix_per_micro_step") : List.of();
        Executable executable = trainer.executable();
        judge.equal("number of micro steps", order.length, rows.size());
        for (int step = 0; step < order.length / accumulation; step++) {
            List<MixedBatch> batches = new ArrayList<>();
            double meanLoss = 0;
            for (int i = 0; i < accumulation; i++) {
                int micro = step * accumulation + i;
                MixedBatch batch = batch(golden, order[micro], boxes.isEmpty() ? scalars : boxes.get(micro), "");
                batches.add(batch);
                Fields row = rows.get(micro);
                String what = "micro_steps[" + micro + "]";
                recipe.judgeRates(judge, what, row, step);
                trainer.objective().feed(executable, batch, micro);
                executable.run(training.program);
                judge.scalar(what + ".loss", executable.readDoubles(training.loss)[0], row.number("loss"));
                if (row.has("class_acc")) {
                    double hits = executable.readDoubles(training.hits)[0];
                    judge.scalar(what + ".class_acc", hits / batch.labels().length, row.number("class_acc"));
                }
                meanLoss += row.number("loss") / accumulation;
            }
            Trainer.StepResult result = trainer.step(batches);
            Fields last = rows.get((step + 1) * accumulation - 1);
            judge.scalar("loss of step " + step, result.loss(), meanLoss);
            judge.scalar("grad_norm of step " + step, result.gradientNorm(), last.number("grad_norm"));
        }
    }

    /** Forward and backward pass of a batch with everything in between kept. */
    private record Probe(
            Program program,
            Slot embeddings,
            List<Slot> hidden,
            List<Slot> attention,
            Slot pooled,
            Slot logits,
            Slot loss) {

        static Probe record(ImageClassifier model, MixedObjective objective) {
            Graph graph = new Graph("probe", true);
            Encoder.Encoded encoded = model.encoder().apply(graph, objective.inputs(), true);
            Tensor pooled = model.pool(encoded);
            Tensor logits = model.logits(pooled);
            Losses.Classified result = objective.loss(graph, logits);
            List<Tensor> kept = new ArrayList<>(List.of(encoded.embeddings(), pooled, logits, result.loss()));
            kept.addAll(encoded.hidden());
            kept.addAll(encoded.attention());
            kept.forEach(graph::output);
            graph.backward(result.loss(), 1, false);
            Program program = graph.build();
            return new Probe(
                    program,
                    graph.locate(encoded.embeddings()),
                    encoded.hidden().stream().map(graph::locate).toList(),
                    encoded.attention().stream().map(graph::locate).toList(),
                    graph.locate(pooled),
                    graph.locate(logits),
                    graph.locate(result.loss()));
        }

        void judge(GoldenCase golden, Judge judge, Executable executable) {
            judge.tensor("embeddings", executable.readDoubles(embeddings));
            MimCases.judgeBlocks(golden, judge, executable, hidden, attention);
            judge.tensor("pooled", executable.readDoubles(pooled));
            judge.tensor("logits", executable.readDoubles(logits));
            judge.scalar(
                    "loss", executable.readDoubles(loss)[0], golden.scalars().number("loss"));
        }
    }

    /** Forward pass only: logits, loss and hits of whatever was fed. */
    private record Evaluation(Program program, Slot logits, Slot loss, Slot hits) {
        static Evaluation record(ImageClassifier model, MixedObjective objective, boolean dropPath) {
            Graph graph = new Graph("evaluation", false);
            Encoder.Inputs inputs = dropPath
                    ? objective.inputs()
                    : new Encoder.Inputs(objective.inputs().images(), null, null);
            Tensor logits = graph.output(model.logits(model.pool(model.encoder().apply(graph, inputs, false))));
            Losses.Classified result = objective.loss(graph, logits);
            graph.output(result.loss());
            graph.output(result.hits());
            Program program = graph.build();
            return new Evaluation(
                    program, graph.locate(logits), graph.locate(result.loss()), graph.locate(result.hits()));
        }
    }
}
