package beits.device;

import beits.kernel.BatchNorm;
import beits.kernel.BatchNormBackward;
import beits.kernel.BatchNormInference;
import beits.kernel.LayerNorm;
import beits.kernel.LayerNormBackward;
import beits.tensor.Arena;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;

/** Layer and batch normalisation. */
final class NormalisationCases {
    private static final int[][] MATRICES = {{1, 1}, {1, 7}, {13, 31}, {31, 1}, {197, 48}, {5, 1021}};

    private NormalisationCases() {}

    static List<KernelCase> all() {
        List<KernelCase> cases = new ArrayList<>();
        for (int[] rc : MATRICES) {
            cases.add(layerNorm(rc[0], rc[1], 0));
            for (int flags = 0; flags < 4; flags++) {
                cases.add(layerNormBackward(rc[0], rc[1], (flags & 1) != 0, (flags & 2) != 0));
            }
            cases.add(batchNorm(rc[0], rc[1]));
            cases.add(batchNormInference(rc[0], rc[1]));
            cases.add(batchNormBackward(rc[0], rc[1], false));
            cases.add(batchNormBackward(rc[0], rc[1], true));
        }
        cases.add(layerNorm(11, 37, 5));
        return cases;
    }

    private static KernelCase layerNorm(int rows, int columns, int misalignment) {
        CaseData d = new CaseData("layer norm %dx%d offset %d".formatted(rows, columns, misalignment), misalignment);
        return d.of(new LayerNorm(
                d.values(Arena.ACTIVATIONS, u -> 3 * u + 1, rows, columns),
                d.parameter(columns),
                d.parameter(columns),
                d.output(rows, columns),
                d.output(rows),
                d.output(rows),
                1e-6));
    }

    private static KernelCase layerNormBackward(int rows, int columns, boolean accumulateInput, boolean accumulate) {
        CaseData d = new CaseData("layer norm backward %dx%d%s%s"
                .formatted(
                        rows,
                        columns,
                        accumulateInput ? " accumulate input" : "",
                        accumulate ? " accumulate parameters" : ""));
        return d.of(new LayerNormBackward(
                d.activation(rows, columns),
                d.parameter(columns),
                d.activation(rows),
                d.values(Arena.ACTIVATIONS, u -> 1.5 + u, rows),
                d.activation(rows, columns),
                accumulateInput ? d.activation(rows, columns) : d.output(rows, columns),
                d.gradient(accumulate, columns),
                d.gradient(accumulate, columns),
                accumulateInput,
                accumulate));
    }

    private static KernelCase batchNorm(int rows, int columns) {
        CaseData d = new CaseData("batch norm %dx%d".formatted(rows, columns));
        return d.of(new BatchNorm(
                d.values(Arena.ACTIVATIONS, u -> 3 * u + 1, rows, columns),
                d.parameter(columns),
                d.parameter(columns),
                d.output(rows, columns),
                d.output(columns),
                d.output(columns),
                d.values(Arena.STATE, columns),
                d.values(Arena.STATE, u -> 1.5 + u, columns),
                0.1,
                1e-5));
    }

    private static KernelCase batchNormInference(int rows, int columns) {
        CaseData d = new CaseData("batch norm inference %dx%d".formatted(rows, columns));
        return d.of(new BatchNormInference(
                d.activation(rows, columns),
                d.parameter(columns),
                d.parameter(columns),
                d.values(Arena.STATE, columns),
                d.values(Arena.STATE, u -> 1.5 + u, columns),
                d.output(rows, columns),
                1e-5));
    }

    private static KernelCase batchNormBackward(int rows, int columns, boolean accumulate) {
        CaseData d =
                new CaseData("batch norm backward %dx%d%s".formatted(rows, columns, accumulate ? " accumulate" : ""));
        Slot x = d.activation(rows, columns);
        return d.of(new BatchNormBackward(
                x,
                d.parameter(columns),
                d.activation(columns),
                d.values(Arena.ACTIVATIONS, u -> 1.5 + u, columns),
                d.activation(rows, columns),
                d.output(rows, columns),
                d.gradient(accumulate, columns),
                d.gradient(accumulate, columns),
                accumulate));
    }
}
