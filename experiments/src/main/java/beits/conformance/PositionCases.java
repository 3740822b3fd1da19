package beits.conformance;

import beits.autograd.Layout;
import beits.checkpoint.CheckpointException;
import beits.checkpoint.Grid;
import beits.checkpoint.Loading;
import beits.checkpoint.NamedTensors;
import beits.checkpoint.PositionResizing;
import beits.checkpoint.TensorData;
import beits.device.Device;
import beits.device.Executable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Relative position indexes, and what becomes of positions when the grid changes. */
final class PositionCases implements CaseRunner {
    private static final String POSITIONS = "pos_embed";
    private static final String TABLE = "relative_position_bias_table";
    private static final String SHARED_TABLE = "rel_pos_bias." + TABLE;

    /** Tables are resized in double precision on every device and stored as float32. */
    private static final double TABLE_DIFFERENCE = 2e-6;

    @Override
    public void run(GoldenCase golden, Device device, Judge judge) throws CheckpointException {
        String kind = golden.config().text("kind");
        switch (kind) {
            case "index" -> index(golden, device, judge);
            case "rel", "abs" -> resize(golden, judge);
            case "transfer" -> transfer(golden, device, judge);
            default ->
                throw new IllegalArgumentException(
                        "posembed of kind " + kind + " is unknown; known are abs, index, rel, transfer");
        }
    }

    private static void index(GoldenCase golden, Device device, Judge judge) {
        for (String name : golden.expected().keySet()) {
            String[] window = name.substring(name.indexOf('/') + 1).split("x", -1);
            PositionIndex index =
                    PositionIndex.record(new Layout(), Integer.parseInt(window[0]), Integer.parseInt(window[1]));
            try (Executable executable = device.compile(index.program())) {
                judge.exact(name, index.compute(executable));
            }
        }
    }

    private static void resize(GoldenCase golden, Judge judge) {
        Grid from = grid(golden.config().pair("src"), 1);
        Grid to = grid(golden.config().pair("dst"), 1);
        golden.expected().forEach((name, expected) -> {
            TensorData source = data(golden.input(golden.inputs().containsKey(name) ? name : SHARED_TABLE));
            if (name.endsWith(TABLE)) {
                judge.absolute(name, PositionResizing.relative(source, from, to).toDoubles(), TABLE_DIFFERENCE);
            } else {
                judge.tensor(name, PositionResizing.absolute(source, from, to).toDoubles());
            }
        });
    }

    private static Grid grid(int[] size, int patch) {
        return new Grid(size[0] / patch, size[1] / patch);
    }

    /** A checkpoint of pre-training goes into a classifier for pictures of another size. */
    private static void transfer(GoldenCase golden, Device device, Judge judge) throws CheckpointException {
        Fields config = golden.config();
        NamedTensors checkpoint = named(golden, "ckpt/");
        NamedTensors fresh = named(golden, Models.PARAMETER);
        Map<String, List<Long>> wanted = new LinkedHashMap<>();
        fresh.tensors().forEach((name, tensor) -> wanted.put(name, tensor.shape()));
        int patch = config.integer("patch_size");
        Loading.Loaded loaded = Loading.load(
                checkpoint,
                "ckpt",
                new Loading.Request(
                        wanted,
                        "",
                        grid(config.pair("dst_img"), patch),
                        grid(config.pair("src_img"), patch),
                        Loading.Purpose.FINE_TUNING,
                        newPositions(checkpoint, wanted.keySet())));
        NamedTensors model = new NamedTensors();
        fresh.tensors()
                .forEach((name, tensor) -> model.put(
                        name, loaded.tensors().has(name) ? loaded.tensors().get(name) : tensor));
        model.tensors().forEach((name, tensor) -> {
            boolean table = name.endsWith(TABLE);
            judge.absolute("loaded/" + name, tensor.toDoubles(), table ? TABLE_DIFFERENCE : tolerance(golden, judge));
        });
        judge.tensor("logits", LoadedModel.of(config, "dst_img", model).logits(device, golden));
    }

    private static double tolerance(GoldenCase golden, Judge judge) {
        return judge.tolerances().tensor(golden.name(), Kind.FORWARD);
    }

    /** Positions of a kind that the checkpoint does not know: the official code leaves them as they start. */
    private static Set<String> newPositions(NamedTensors checkpoint, Set<String> wanted) {
        Set<String> names = new TreeSet<>();
        boolean tables = checkpoint.tensors().keySet().stream().anyMatch(name -> name.endsWith(TABLE));
        for (String name : wanted) {
            if ((name.equals(POSITIONS) && !checkpoint.has(POSITIONS)) || (name.endsWith(TABLE) && !tables)) {
                names.add(name);
            }
        }
        return names;
    }

    private static NamedTensors named(GoldenCase golden, String prefix) {
        NamedTensors tensors = new NamedTensors();
        Models.named(golden.inputs(), prefix).forEach((name, tensor) -> tensors.put(name, data(tensor)));
        return tensors;
    }

    private static TensorData data(GoldenTensor tensor) {
        return tensor.type() == GoldenTensor.Type.F32
                ? TensorData.of(tensor.floats(), tensor.shape())
                : TensorData.of(
                        Arrays.stream(tensor.values())
                                .mapToLong(value -> (long) value)
                                .toArray(),
                        tensor.shape());
    }
}
