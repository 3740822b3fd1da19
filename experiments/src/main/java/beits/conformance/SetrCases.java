package beits.conformance;

import beits.autograd.Elements;
import beits.autograd.Graph;
import beits.autograd.Initialiser;
import beits.autograd.Layout;
import beits.autograd.Losses;
import beits.autograd.Parameter;
import beits.autograd.Tensor;
import beits.device.Device;
import beits.device.Executable;
import beits.program.Program;
import beits.segmentation.SegmentationConfig;
import beits.segmentation.SegmentationLoss;
import beits.segmentation.SetrHead;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Heads of SETR with procedural weights: training forward and backward, running statistics, evaluation. */
final class SetrCases implements CaseRunner {
    private static final int PATCH = 16;
    private static final int GRADIENT_SAMPLES = 64;

    /** A gradient norm below this share of the largest one is rounding noise around 0. */
    private static final double NOISE = 1e-9;

    private static final String TOKENS = "tokens";

    @Override
    public void run(GoldenCase golden, Device device, Judge judge) {
        golden.scalars().object("heads").members().forEach((name, head) -> head(golden, device, judge, name, head));
    }

    /** The official head by its number of convolutions and of up-samplings. */
    private static SetrHead.Kind kind(String name) {
        if (name.contains("conv4_up4")) {
            return SetrHead.Kind.PROGRESSIVE;
        }
        if (name.contains("conv2_up2")) {
            return SetrHead.Kind.AUXILIARY;
        }
        if (name.contains("conv2_up1")) {
            return SetrHead.Kind.NAIVE;
        }
        throw new IllegalArgumentException(
                "head " + name + " is unknown; known are *conv4_up4, *conv2_up2, *conv2_up1");
    }

    /** Side of the windows of the hidden convolutions, from the shape of the first one's weight. */
    private static int window(Fields head) {
        for (Fields row : head.objects("parameters")) {
            if (row.text("name").equals("conv_0.weight")) {
                return row.integers("shape")[3];
            }
        }
        throw new IllegalArgumentException("the head has no conv_0.weight");
    }

    private static void head(GoldenCase golden, Device device, Judge judge, String name, Fields head) {
        Fields config = golden.config();
        GoldenTensor tokens = golden.input(TOKENS);
        GoldenTensor labels = golden.input("labels");
        int batch = tokens.shape()[0];
        int grid = config.integer("grid");
        int width = tokens.shape()[2];
        int classes = config.integer("num_classes");
        int side = grid * PATCH;
        Layout layout = new Layout();
        SetrHead decoder = new SetrHead(layout, "", width, SetrHead.CHANNELS, classes, PATCH, kind(name), window(head));
        List<Parameter> weights = layout.parameters();
        Parameter input = layout.parameter(TOKENS, Initialiser.ZEROS, tokens.shape());
        Slot labelSlot = layout.indexes(batch, labels.shape()[2], labels.shape()[3]);
        Slot mapSlot = layout.input(batch, grid, grid, width);

        Graph training = new Graph("train", true);
        Tensor logits = training.output(decoder.apply(training.parameter(input), grid, grid, side, side));
        Losses.Classified result = SegmentationLoss.of(logits, labelSlot);
        double weight = name.startsWith("main") ? 1 : SegmentationConfig.AUXILIARY_WEIGHT;
        Tensor loss = training.output(Elements.scale(result.loss(), weight));
        training.output(result.hits());
        training.backward(loss, 1, false);
        Program trainingProgram = training.build();
        Graph evaluation = new Graph("evaluate", false);
        Tensor sequenceLogits = evaluation.output(decoder.apply(evaluation.parameter(input), grid, grid, side, side));
        Tensor mapLogits = evaluation.output(decoder.applyToMap(evaluation.constant(mapSlot), side, side));
        Program evaluationProgram = evaluation.build();

        try (Executable executable = device.compile(trainingProgram, evaluationProgram)) {
            Map<String, GoldenTensor> values = new LinkedHashMap<>();
            ProceduralValues procedural = new ProceduralValues(config.whole("procedural_seed"));
            List<String> unused = head.texts("unused_parameters");
            for (Fields row : head.objects("parameters")) {
                if (!unused.contains(row.text("name"))) {
                    values.put(row.text("name"), procedural.tensor(row));
                }
            }
            values.put(TOKENS, tokens);
            Models.load(layout, values, (parameter, v) -> executable.write(parameter.slot(), v));
            for (Layout.State state : layout.states()) {
                float[] initial = new float[Math.toIntExact(state.slot().size())];
                java.util.Arrays.fill(initial, state.initial());
                executable.write(state.slot(), initial);
            }
            executable.write(labelSlot, SegmentationCases.labels(labels));
            executable.write(mapSlot, patches(tokens, grid));

            executable.run(trainingProgram);
            String prefix = name + "/";
            judge.tensor(prefix + "train_logits", pictures(executable, training, logits));
            judge.scalar(
                    prefix + "train_loss_weighted",
                    executable.readDoubles(training.locate(loss))[0],
                    head.number("train_loss_weighted"));
            judge.scalar(
                    prefix + "acc_seg_percent",
                    100 * executable.readDoubles(training.locate(result.hits()))[0] / labels.values().length,
                    head.number("acc_seg_percent"),
                    1e-6);
            judge.tensor(
                    prefix + "grad_tokens", executable.readDoubles(input.slot().in(Arena.GRADIENTS)));
            gradients(golden, judge, executable, prefix, weights, head.object("grad_l2"));
            for (Layout.State state : layout.states()) {
                judge.tensor(prefix + "after_train_forward/" + state.name(), executable.readDoubles(state.slot()));
            }
            executable.run(evaluationProgram);
            judge.tensor(
                    prefix + "eval_logits_after_one_train_forward", pictures(executable, evaluation, sequenceLogits));
            judge.tensor(prefix + "eval_logits_4d_input_no_layernorm", pictures(executable, evaluation, mapLogits));
        }
    }

    private static void gradients(
            GoldenCase golden,
            Judge judge,
            Executable executable,
            String prefix,
            List<Parameter> parameters,
            Fields norms) {
        double largest = 0;
        for (String name : norms.names()) {
            largest = Math.max(largest, norms.number(name));
        }
        for (Parameter parameter : parameters) {
            double[] gradient = executable.readDoubles(parameter.slot().in(Arena.GRADIENTS));
            judge.tensor(prefix + "grad_sample/" + parameter.name(), BaseShapeCases.sample(gradient, GRADIENT_SAMPLES));
            double norm = norms.number(parameter.name());
            if (norm > NOISE * largest) {
                judge.scaled(
                        prefix + "grad_l2 " + parameter.name(),
                        Statistics.of(gradient).norm(),
                        norm,
                        norm,
                        judge.tolerances().tensor(golden.name(), Kind.GRADIENT));
            }
        }
    }

    /** The patch tokens as a map, without the class token. */
    private static double[] patches(GoldenTensor tokens, int grid) {
        int batch = tokens.shape()[0];
        int own = tokens.shape()[1] * tokens.shape()[2];
        int kept = grid * grid * tokens.shape()[2];
        double[] map = new double[batch * kept];
        for (int i = 0; i < batch; i++) {
            System.arraycopy(tokens.values(), (i + 1) * own - kept, map, i * kept, kept);
        }
        return map;
    }

    /** A map as [batch, channels, height, width]. */
    static double[] pictures(Executable executable, Graph graph, Tensor map) {
        return GoldenTensor.channelsFirst(
                executable.readDoubles(graph.locate(map)),
                map.shape().extent(0),
                map.shape().columns());
    }
}
