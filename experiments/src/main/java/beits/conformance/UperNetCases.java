package beits.conformance;

import beits.autograd.Elements;
import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Losses;
import beits.autograd.Parameter;
import beits.autograd.Tensor;
import beits.device.Device;
import beits.device.Executable;
import beits.model.BeitConfig;
import beits.model.Encoder;
import beits.optim.LayerDecay;
import beits.optim.ParameterGroup;
import beits.program.Program;
import beits.segmentation.SegmentationConfig;
import beits.segmentation.SegmentationLoss;
import beits.segmentation.SegmentationModel;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** The encoder with feature pyramid, UPerNet and FCN auxiliary head: evaluation, then a training pass with its gradients. */
final class UperNetCases implements CaseRunner {
    @Override
    public void run(GoldenCase golden, Device device, Judge judge) {
        Fields config = golden.config();
        BeitConfig network = Models.network(config);
        GoldenTensor images = golden.input("images");
        GoldenTensor labels = golden.input("labels");
        int batch = images.shape()[0];
        Layout layout = new Layout();
        SegmentationModel model = new SegmentationModel(
                layout,
                new SegmentationConfig.UperNet(
                        network,
                        config.integer("num_classes"),
                        Arrays.stream(config.integers("out_indices")).boxed().toList(),
                        config.integer("channels"),
                        config.integer("aux_channels")));
        Encoder.Inputs inputs = Encoder.Inputs.pictures(layout, network, batch);
        Slot labelSlot = layout.indexes(batch, network.imageHeight(), network.imageWidth());
        Pass evaluation = Pass.record(model, inputs, labelSlot, config.number("aux_weight"), false);
        Pass training = Pass.record(model, inputs, labelSlot, config.number("aux_weight"), true);

        if (golden.scalars().has("layer_decay_groups")) {
            groups(golden, judge, layout, network);
        }
        try (Executable executable = device.compile(evaluation.program, training.program)) {
            Models.load(
                    layout,
                    Models.named(golden.inputs(), Models.PARAMETER),
                    (parameter, values) -> executable.write(parameter.slot(), values));
            for (Layout.State state : layout.states()) {
                executable.write(
                        state.slot(), golden.input("buffer/" + state.name()).values());
            }
            executable.write(inputs.images(), images.values());
            executable.write(labelSlot, SegmentationCases.labels(labels));
            executable.run(evaluation.program);
            evaluation.judge(judge, executable, "eval", golden.scalars().object("eval"));
            executable.run(training.program);
            training.judge(judge, executable, "train", golden.scalars().object("train"));
            Models.judge(judge, layout, executable, Arena.GRADIENTS, "grad/");
            for (Layout.State state : layout.states()) {
                judge.tensor("after_train_forward/" + state.name(), executable.readDoubles(state.slot()));
            }
        }
    }

    /** The official constructor compares names without the prefix, so that only vectors and biases escape weight decay. */
    private static void groups(GoldenCase golden, Judge judge, Layout layout, BeitConfig network) {
        Map<String, Boolean> decayed = new TreeMap<>();
        Map<String, Double> scales = new TreeMap<>();
        double smallest = 1;
        for (Fields group : golden.scalars().objects("layer_decay_groups")) {
            for (String name : group.texts("param_names")) {
                decayed.put(name, group.number("weight_decay") > 0);
                scales.put(name, group.number("lr_scale"));
                smallest = Math.min(smallest, group.number("lr_scale"));
            }
        }
        LayerDecay layers = new LayerDecay(Math.pow(smallest, 1.0 / (network.depth() + 1)), network.depth());
        Map<String, Boolean> own = new TreeMap<>();
        for (ParameterGroup group :
                ParameterGroup.of(layout.parameters(), layers, ParameterGroup.NEVER_DECAYED, true)) {
            for (Parameter parameter : group.parameters()) {
                own.put(parameter.name(), group.decayed());
                Double scale = scales.get(parameter.name());
                if (scale != null) {
                    judge.scalar("lr_scale of " + parameter.name(), group.scale(), scale, Tolerances.SCHEDULE);
                }
            }
        }
        judge.equal("layer_decay_groups", own, decayed);
    }

    /** A recorded pass with everything that is compared kept. */
    private record Pass(
            Graph graph,
            Program program,
            SegmentationModel.Decoded decoded,
            Losses.Classified main,
            Losses.Classified auxiliary,
            Tensor auxiliaryLoss,
            Tensor total,
            long pixels) {

        static Pass record(SegmentationModel model, Encoder.Inputs inputs, Slot labels, double weight, boolean train) {
            Graph graph = new Graph(train ? "train" : "evaluate", train);
            SegmentationModel.Decoded decoded = model.apply(graph, inputs, true);
            Losses.Classified main = SegmentationLoss.of(decoded.main(), labels);
            Losses.Classified auxiliary =
                    SegmentationLoss.of(decoded.auxiliary().getFirst(), labels);
            Tensor auxiliaryLoss = Elements.scale(auxiliary.loss(), weight);
            Tensor total = Elements.add(main.loss(), auxiliaryLoss);
            decoded.features().forEach(graph::output);
            decoded.auxiliary().forEach(graph::output);
            graph.output(decoded.main());
            for (Tensor tensor : new Tensor[] {main.loss(), main.hits(), auxiliary.hits(), auxiliaryLoss, total}) {
                graph.output(tensor);
            }
            if (train) {
                graph.backward(total, 1, false);
            }
            return new Pass(graph, graph.build(), decoded, main, auxiliary, auxiliaryLoss, total, labels.size());
        }

        void judge(Judge judge, Executable executable, String prefix, Fields scalars) {
            for (int i = 0; i < decoded.features().size(); i++) {
                judge.tensor(
                        prefix + "/feature" + i,
                        SetrCases.pictures(executable, graph, decoded.features().get(i)));
            }
            judge.tensor(prefix + "/decode_logits", SetrCases.pictures(executable, graph, decoded.main()));
            judge.tensor(
                    prefix + "/aux_logits",
                    SetrCases.pictures(executable, graph, decoded.auxiliary().getFirst()));
            judge.scalar(prefix + " decode_loss", value(executable, main.loss()), scalars.number("decode_loss"));
            judge.scalar(
                    prefix + " aux_loss_weighted",
                    value(executable, auxiliaryLoss),
                    scalars.number("aux_loss_weighted"));
            judge.scalar(prefix + " total_loss", value(executable, total), scalars.number("total_loss"));
            judge.scalar(
                    prefix + " decode_acc_seg_percent",
                    100 * value(executable, main.hits()) / pixels,
                    scalars.number("decode_acc_seg_percent"),
                    1e-6);
            judge.scalar(
                    prefix + " aux_acc_seg_percent",
                    100 * value(executable, auxiliary.hits()) / pixels,
                    scalars.number("aux_acc_seg_percent"),
                    1e-6);
        }

        private double value(Executable executable, Tensor scalar) {
            return executable.readDoubles(graph.locate(scalar))[0];
        }
    }
}
