package beits.conformance;

import beits.checkpoint.CheckpointException;
import beits.checkpoint.Checkpoints;
import beits.checkpoint.NamedTensors;
import beits.checkpoint.PyTorchFile;
import beits.checkpoint.TensorData;
import beits.checkpoint.TensorType;
import beits.checkpoint.WeightConversion;
import beits.checkpoint.WeightLayout;
import beits.device.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Checkpoint files of every format: the same weights and outputs out of each, and a clean refusal of the hostile ones. */
final class CheckpointCases implements CaseRunner {
    private static final String TRUTH = "weights_official_names.safetensors";
    private static final String TRAINING = "training_checkpoint";
    private static final String TRAINING_TRUTH = "training_checkpoint_expected.safetensors";
    private static final double REFUSAL_SECONDS = 5;

    @Override
    public void run(GoldenCase golden, Device device, Judge judge) throws IOException {
        String kind = golden.config().text("kind");
        switch (kind) {
            case "malicious" -> malicious(golden, judge);
            case "unusual" -> unusual(golden, judge);
            case "dalle" -> dallE(golden, device, judge);
            case "mim", "cls" -> weights(golden, device, judge);
            default ->
                throw new IllegalArgumentException(
                        "checkpoints of kind " + kind + " are unknown; known are cls, dalle, malicious, mim, unusual");
        }
    }

    /** The checkpoint files beside a case's own tensors. */
    private static List<Path> files(GoldenCase golden) throws IOException {
        try (Stream<Path> files = Files.list(golden.folder())) {
            return files.filter(file -> {
                        String name = file.getFileName().toString();
                        boolean own = name.equals("inputs.safetensors") || name.endsWith("expected.safetensors");
                        return !own && name.matches(".*\\.(pth|pkl|bin|safetensors)");
                    })
                    .sorted()
                    .toList();
        }
    }

    private static void malicious(GoldenCase golden, Judge judge) {
        Fields scalars = golden.scalars();
        Fields files = scalars.object("files");
        String rules = scalars.text("must_hold");
        Path marker = Path.of(scalars.text("marker_file"));
        for (String name : files.names()) {
            long start = System.nanoTime();
            String outcome = open(golden.folder().resolve(name));
            judge.equal(name + " is done in time", (System.nanoTime() - start) / 1e9 < REFUSAL_SECONDS, true);
            if (files.text(name).startsWith("CONTROL")) {
                judge.equal(name, outcome, "loaded");
            } else if (!rules.contains(name) || !outcome.equals("loaded")) {
                judge.equal(name, outcome, "refused");
            }
        }
        judge.equal("marker file " + marker + " exists", Files.exists(marker), false);
    }

    private static String open(Path file) {
        try {
            Checkpoints.read(file).tensors().values().forEach(TensorData::size);
            return "loaded";
        } catch (CheckpointException e) {
            return "refused";
        } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
            return "broke down: " + e;
        }
    }

    private static void unusual(GoldenCase golden, Judge judge) throws IOException {
        for (Path file : files(golden)) {
            NamedTensors read = Checkpoints.read(file);
            judge.equal(
                    file.getFileName() + " tensors",
                    new TreeSet<>(read.tensors().keySet()),
                    new TreeSet<>(golden.expected().keySet()));
            for (String name : golden.expected().keySet()) {
                TensorData tensor = read.get(name);
                GoldenTensor expected = golden.expected(name);
                judge.equal(
                        file.getFileName() + " shape of " + name,
                        tensor.shape(),
                        Arrays.stream(expected.shape()).mapToObj(Long::valueOf).toList());
                judge.exact(name, expected.type() == GoldenTensor.Type.F32 ? rounded(tensor) : tensor.toDoubles());
            }
        }
    }

    private static double[] rounded(TensorData tensor) {
        float[] values = tensor.toFloats();
        double[] rounded = new double[values.length];
        Arrays.setAll(rounded, i -> values[i]);
        return rounded;
    }

    private static void dallE(GoldenCase golden, Device device, Judge judge) throws IOException {
        for (Path file : files(golden)) {
            String name = file.getFileName().toString();
            String part = name.substring(0, name.indexOf('_'));
            Map<String, GoldenTensor> truth = Models.named(golden.inputs(), Models.PARAMETER + part + ".");
            NamedTensors read = Checkpoints.read(file);
            judge.equal(name + " names", new TreeSet<>(read.tensors().keySet()), new TreeSet<>(truth.keySet()));
            truth.forEach((key, tensor) -> judge.equal(
                    name + " " + key,
                    read.has(key) && Arrays.equals(read.get(key).toFloats(), tensor.floats()),
                    true));
        }
        DallECases.model(golden, device, judge);
    }

    /** Every file gives the official weights, every layout can be written again, and the model computes the same. */
    private static void weights(GoldenCase golden, Device device, Judge judge) throws IOException {
        NamedTensors truth = Checkpoints.read(golden.folder().resolve(TRUTH));
        NamedTensors official = WeightConversion.toOfficial(truth, TRUTH).tensors();
        LoadedModel model = LoadedModel.of(golden.config(), "img_size", official);
        for (Path file : files(golden)) {
            String name = file.getFileName().toString();
            if (name.startsWith(TRAINING)) {
                trainingCheckpoint(golden, file, judge);
                continue;
            }
            NamedTensors read = Checkpoints.read(file);
            WeightConversion.Official converted = WeightConversion.toOfficial(read, name);
            same(
                    judge,
                    name + " under official names: ",
                    WeightConversion.to(
                            WeightLayout.OFFICIAL,
                            converted.tensors(),
                            model.description().grid()),
                    truth);
            if (converted.layout() != WeightLayout.OFFICIAL
                    && converted.leftOut().isEmpty()) {
                NamedTensors written = WeightConversion.to(
                        converted.layout(), official, model.description().grid());
                same(judge, "written as " + name + ": ", written, read);
            }
        }
        double[] own = model.logits(device, golden);
        String output = model.description().vocabulary() > 0 ? "all_logits" : "logits";
        judge.tensor(output, own);
        defaultEpsilon(golden, judge, output + "_hf_default_eps", own);
    }

    /** The same tensors; half precision rounds. */
    private static void same(Judge judge, String what, NamedTensors read, NamedTensors truth) {
        judge.equal(
                what + "names",
                new TreeSet<>(read.tensors().keySet()),
                new TreeSet<>(truth.tensors().keySet()));
        truth.tensors().forEach((name, tensor) -> {
            boolean equal = read.has(name)
                    && read.get(name).shape().equals(tensor.shape())
                    && (read.get(name).type() == TensorType.F16
                            ? Arrays.equals(read.get(name).toFloats(), half(tensor))
                            : read.get(name).sameBits(tensor));
            judge.equal(what + name, equal, true);
        });
    }

    private static float[] half(TensorData tensor) {
        float[] values = tensor.toFloats();
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.float16ToFloat(Float.floatToFloat16(values[i]));
        }
        return values;
    }

    /** Weights in the middle of a training, with the state of its optimiser. */
    private static void trainingCheckpoint(GoldenCase golden, Path path, Judge judge) throws IOException {
        PyTorchFile file = PyTorchFile.read(path);
        NamedTensors model = file.model();
        NamedTensors all = file.everyTensor();
        Checkpoints.read(golden.folder().resolve(TRAINING_TRUTH)).tensors().forEach((name, tensor) -> {
            String inside = name.substring(name.indexOf('/') + 1);
            boolean ofModel = name.startsWith("model/");
            String key = ofModel ? inside : "optimizer/state/" + inside;
            NamedTensors source = ofModel ? model : all;
            judge.equal(
                    "training checkpoint " + name,
                    source.has(key) && source.get(key).sameBits(tensor),
                    true);
        });
    }

    /** Hugging Face's own default epsilon moves its outputs by a stated amount, and ours lie no farther away. */
    private static void defaultEpsilon(GoldenCase golden, Judge judge, String name, double[] own) {
        if (!golden.expected().containsKey(name)) {
            return;
        }
        GoldenTensor other = judge.examine(name);
        double difference = 0;
        for (int i = 0; i < own.length; i++) {
            difference = Math.max(difference, Math.abs(own[i] - other.values()[i]));
        }
        double stated = golden.scalars().number("max_abs_difference_official_vs_hf_default_eps1e-12");
        double tolerance = judge.tolerances().tensor(golden.name(), Kind.FORWARD) * other.largest();
        judge.within(name + " distance", Math.max(0, difference - stated), tolerance);
    }
}
