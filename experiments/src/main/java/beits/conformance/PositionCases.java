package beits.conformance;

import beits.autograd.Layout;
import beits.device.Device;
import beits.device.Executable;

/** Relative position indexes, and what becomes of positions when the grid changes. */
final class PositionCases implements CaseRunner {
    @Override
    public void run(GoldenCase golden, Device device, Judge judge) {
        String kind = golden.config().text("kind");
        switch (kind) {
            case "index" -> index(golden, device, judge);
            default -> throw new IllegalArgumentException("posembed of kind " + kind + " is unknown; known is index");
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
}
