package beits.conformance;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Losses;
import beits.autograd.Parameter;
import beits.autograd.Tensor;
import beits.autograd.Tokens;
import beits.device.Device;
import beits.device.Executable;
import beits.mim.MimBatch;
import beits.mim.MimInputs;
import beits.model.BeitConfig;
import beits.model.DropPathDraws;
import beits.model.Encoder;
import beits.model.MaskedImageModel;
import beits.program.Program;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A model of the published size with procedural weights: one picture forward and backward, samples and norms compared. */
final class BaseShapeCases implements CaseRunner {
    private static final int GRADIENT_SAMPLES = 16;
    private static final int HIDDEN_ROWS = 28;
    private static final int HIDDEN_COLUMNS = 37;

    @Override
    public void run(GoldenCase golden, Device device, Judge judge) {
        Fields config = golden.config();
        if (!config.text("kind", "mim").equals("mim")) {
            throw new IllegalArgumentException(
                    "base_shape of kind " + config.text("kind") + " is unknown; known is mim");
        }
        ProceduralValues procedural = new ProceduralValues(config.whole("procedural_seed"));
        BeitConfig network = Models.network(config);
        MimBatch batch = batch(golden, procedural, network);
        Layout layout = new Layout();
        MaskedImageModel model = new MaskedImageModel(layout, network, config.integer("vocab_size"));
        MimInputs inputs = MimInputs.create(layout, network, 1, Math.max(1, batch.masked()));

        Graph graph = new Graph("step", true);
        Encoder.Encoded encoded = model.encoder().apply(graph, inputs.encoder(), false);
        Tensor logits = graph.output(model.maskedLogits(graph, encoded, inputs.rows(), inputs.count()));
        encoded.hidden().forEach(graph::output);
        Tensor loss = graph.output(
                Losses.crossEntropy(logits, inputs.labels(), inputs.count(), 0).loss());
        Slot predictions = layout.indexes(Math.toIntExact(inputs.rows().size()));
        Tokens.argMax(logits, predictions);
        graph.backward(loss, 1, false);
        Program program = graph.build();

        try (Executable executable = device.compile(program)) {
            Models.load(
                    layout, parameters(golden, judge, procedural), (p, values) -> executable.write(p.slot(), values));
            inputs.write(executable, model.encoder(), batch, new DropPathDraws(0), 0);
            executable.run(program);
            judge.scalar(
                    "loss",
                    executable.readDoubles(graph.locate(loss))[0],
                    golden.scalars().number("loss"));
            judgeLogits(golden, judge, executable.readDoubles(graph.locate(logits)));
            judge.exact("argmax", executable.readInts(predictions));
            judgeHidden(golden, judge, executable, graph, encoded, network);
            judgeGradients(golden, judge, executable, layout);
        }
    }

    private static Map<String, GoldenTensor> parameters(GoldenCase golden, Judge judge, ProceduralValues procedural) {
        Map<String, GoldenTensor> parameters = new LinkedHashMap<>();
        for (Fields row : golden.scalars().objects("parameters")) {
            GoldenTensor tensor = procedural.tensor(row);
            String name = row.text("name");
            double[] first = row.numbers("first3");
            for (int i = 0; i < first.length; i++) {
                judge.scalar(name + " procedural value " + i, tensor.values()[i], first[i], 0);
            }
            judge.scalar(
                    name + " last procedural value",
                    tensor.values()[tensor.values().length - 1],
                    row.number("last"),
                    0);
            parameters.put(name, tensor);
        }
        return parameters;
    }

    private static MimBatch batch(GoldenCase golden, ProceduralValues procedural, BeitConfig network) {
        boolean[] mask = new boolean[network.patches()];
        for (int position : golden.scalars().integers("masked_positions")) {
            mask[position] = true;
        }
        return new MimBatch(
                procedural.tensor(golden.scalars().object("input")).floats(),
                mask,
                golden.scalars().integers("token_ids"));
    }

    private static void judgeLogits(GoldenCase golden, Judge judge, double[] logits) {
        int stride = golden.scalars().integer("logits_stride");
        double[] sample = new double[(logits.length + stride - 1) / stride];
        for (int i = 0; i < sample.length; i++) {
            sample[i] = logits[i * stride];
        }
        judge.tensor("logits_sample", sample);
        judgeStatistics(judge, "logits", logits, golden.scalars().object("logits_stats"));
    }

    private static void judgeStatistics(Judge judge, String what, double[] values, Fields expected) {
        Statistics own = Statistics.of(values);
        double deviation = expected.number("std_population");
        judge.scaled(
                what + " mean",
                own.mean(),
                expected.number("mean"),
                deviation,
                judge.tolerances().scalar());
        judge.scalar(what + " std", own.deviation(), deviation);
        judge.scalar(what + " l2", own.norm(), expected.number("l2"));
        if (expected.has("max_abs")) {
            judge.scalar(what + " max", own.largest(), expected.number("max_abs"));
        }
    }

    private static void judgeHidden(
            GoldenCase golden,
            Judge judge,
            Executable executable,
            Graph graph,
            Encoder.Encoded encoded,
            BeitConfig network) {
        List<Fields> statistics = golden.scalars().objects("blocks");
        for (Fields row : statistics) {
            int block = row.integer("block");
            double[] hidden =
                    executable.readDoubles(graph.locate(encoded.hidden().get(block)));
            judgeStatistics(judge, "hidden/block" + block, hidden, row);
            int rows = (network.tokens() + HIDDEN_ROWS - 1) / HIDDEN_ROWS;
            int columns = (network.width() + HIDDEN_COLUMNS - 1) / HIDDEN_COLUMNS;
            double[] sample = new double[rows * columns];
            for (int i = 0; i < sample.length; i++) {
                sample[i] = hidden[i / columns * HIDDEN_ROWS * network.width() + i % columns * HIDDEN_COLUMNS];
            }
            judge.tensor("hidden_sample/block" + block, sample);
        }
    }

    private static void judgeGradients(GoldenCase golden, Judge judge, Executable executable, Layout layout) {
        Fields norms = golden.scalars().object("grad_l2");
        for (Parameter parameter : layout.parameters()) {
            double[] gradient = executable.readDoubles(parameter.slot().in(Arena.GRADIENTS));
            judge.tensor("grad_sample/" + parameter.name(), sample(gradient, GRADIENT_SAMPLES));
            judge.scaled(
                    "grad_l2 " + parameter.name(),
                    Statistics.of(gradient).norm(),
                    norms.number(parameter.name()),
                    norms.number(parameter.name()),
                    judge.tolerances().tensor(golden.name(), Kind.GRADIENT));
        }
    }

    /** The first {@code count} values with stride {@code max(1, size / count)}. */
    static double[] sample(double[] values, int count) {
        int stride = Math.max(1, values.length / count);
        double[] sample = new double[Math.min(count, (values.length + stride - 1) / stride)];
        for (int i = 0; i < sample.length; i++) {
            sample[i] = values[i * stride];
        }
        return sample;
    }
}
