package beits.conformance;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Tensor;
import beits.device.Executable;
import beits.kernel.RelativePositionBias;
import beits.program.Program;
import beits.tensor.Slot;

/**
 * Which row of a relative position table each pair of tokens uses, found by spreading a table that holds its own row numbers.
 *
 * @param program what to run
 * @param table [rows, 1], written before the run
 * @param index [1, tokens, tokens]
 */
record PositionIndex(Program program, Slot table, Slot index) {
    static PositionIndex record(Layout layout, int gridHeight, int gridWidth) {
        int rows = (2 * gridHeight - 1) * (2 * gridWidth - 1) + 3;
        int tokens = gridHeight * gridWidth + 1;
        Slot table = layout.input(rows, 1);
        Graph graph = new Graph("position index " + gridHeight + "x" + gridWidth, false);
        Slot out = graph.allocate(1, tokens, tokens);
        graph.emit(new RelativePositionBias(table, out, gridHeight, gridWidth));
        Tensor result = graph.output(graph.result(out, false));
        Program program = graph.build();
        return new PositionIndex(program, table, graph.locate(result));
    }

    double[] compute(Executable executable) {
        double[] numbers = new double[Math.toIntExact(table.size())];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
        }
        executable.write(table, numbers);
        executable.run(program);
        return executable.readDoubles(index);
    }
}
