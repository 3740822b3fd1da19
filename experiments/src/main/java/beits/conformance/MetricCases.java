package beits.conformance;

import beits.autograd.Graph;
import beits.autograd.Initialiser;
import beits.autograd.Layout;
import beits.autograd.Losses;
import beits.autograd.Parameter;
import beits.autograd.Tensor;
import beits.autograd.Tokens;
import beits.classification.Accuracy;
import beits.device.Device;
import beits.device.Executable;
import beits.program.Program;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Accuracies, and the classification losses with their gradients. */
final class MetricCases implements CaseRunner {
    private static final int TOP = 5;
    private static final String SMOOTHING = "label_smoothing_";
    private static final String GRADIENT = "/grad_logits";

    private record Loss(String name, Graph graph, Program program, Tensor value) {}

    @Override
    public void run(GoldenCase golden, Device device, Judge judge) {
        GoldenTensor logits = golden.input("logits");
        int[] labels = golden.input("labels").integers();
        int classes = logits.shape()[1];
        accuracies(golden, judge, logits.floats(), labels, classes);

        Layout layout = new Layout();
        Parameter parameter = layout.parameter("logits", Initialiser.ZEROS, labels.length, classes);
        Slot labelSlot = layout.indexes(labels.length);
        Slot targets = layout.input(labels.length, classes);
        Slot predictions = layout.indexes(labels.length);
        List<Loss> losses = new ArrayList<>();
        for (String name : golden.scalars().names()) {
            if (name.startsWith(SMOOTHING)
                    || (name.equals("soft_target") && golden.inputs().containsKey("soft_targets"))
                    || name.equals("cross_entropy")) {
                Graph graph = new Graph(name, true);
                Tensor x = graph.parameter(parameter);
                Tensor value = graph.output(
                        name.equals("soft_target")
                                ? Losses.softCrossEntropy(x, graph.constant(targets))
                                        .loss()
                                : Losses.crossEntropy(x, labelSlot, null, smoothing(name))
                                        .loss());
                Tokens.argMax(x, predictions);
                graph.backward(value, 1, false);
                losses.add(new Loss(name, graph, graph.build(), value));
            }
        }
        try (Executable executable =
                device.compile(losses.stream().map(Loss::program).toList())) {
            executable.write(parameter.slot(), logits.values());
            for (Loss loss : losses) {
                if (loss.name.equals("soft_target")) {
                    executable.write(targets, golden.input("soft_targets").values());
                } else {
                    executable.write(labelSlot, labels);
                }
                executable.run(loss.program);
                judge.scalar(
                        loss.name,
                        executable.readDoubles(loss.graph.locate(loss.value))[0],
                        golden.scalars().number(loss.name));
                judge.tensor(
                        loss.name + GRADIENT,
                        executable.readDoubles(parameter.slot().in(Arena.GRADIENTS)));
            }
            if (golden.expected().containsKey("argmax")) {
                judge.exact("argmax", executable.readInts(predictions));
            }
        }
    }

    private static double smoothing(String name) {
        return name.startsWith(SMOOTHING) ? Double.parseDouble(name.substring(SMOOTHING.length())) : 0;
    }

    private static void accuracies(GoldenCase golden, Judge judge, float[] logits, int[] labels, int classes) {
        Accuracy accuracy = new Accuracy(classes);
        accuracy.add(logits, labels);
        Fields scalars = golden.scalars();
        for (int k : new int[] {1, TOP}) {
            String name = "top" + k;
            double percent = 100 * (k == 1 ? accuracy.top1() : accuracy.top5());
            // PyTorch breaks ties in no fixed order; ours is the lowest class first
            String own = scalars.has(name + "_lowest_index_first") ? name + "_lowest_index_first" : name;
            judge.scalar(own, percent, scalars.number(own), 1e-6);
            if (scalars.has(name + "_bounds_over_tie_orders")) {
                double[] bounds = scalars.numbers(name + "_bounds_over_tie_orders");
                double slack = 1e-6 * percent;
                judge.equal(
                        name + " between its bounds",
                        percent >= bounds[0] - slack && percent <= bounds[1] + slack,
                        true);
            }
        }
        if (golden.expected().containsKey("topk5_indices")) {
            judge.exact("topk5_indices", topClasses(logits, labels.length, classes));
        }
    }

    /** For each picture the classes that count as a hit, the most likely first. */
    private static int[] topClasses(float[] logits, int pictures, int classes) {
        IntStream.Builder all = IntStream.builder();
        for (int i = 0; i < pictures; i++) {
            float[] row = Arrays.copyOfRange(logits, i * classes, (i + 1) * classes);
            IntStream.range(0, classes)
                    .filter(c -> {
                        Accuracy one = new Accuracy(classes);
                        one.add(row, new int[] {c});
                        return one.top5() == 1;
                    })
                    .boxed()
                    .sorted(Comparator.comparing((Integer c) -> -row[c]))
                    .forEach(all::add);
        }
        return all.build().toArray();
    }
}
