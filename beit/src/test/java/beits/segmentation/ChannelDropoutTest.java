package beits.segmentation;

import static org.assertj.core.api.Assertions.assertThat;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Tensor;
import beits.device.Device;
import beits.device.Devices;
import beits.device.Executable;
import beits.program.Program;
import beits.tensor.Slot;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ChannelDropoutTest {
    @Test
    void aTenthOfTheChannelsIsLeftOutAndTheMeanStays() {
        double[] factors =
                ChannelDropout.factors(new SplittableRandom(1).doubles(20_000).toArray());
        assertThat(Arrays.stream(factors).filter(f -> f == 0).count()).isBetween(1800L, 2200L);
        assertThat(Arrays.stream(factors).average().orElseThrow()).isCloseTo(1, Offset.offset(0.02));
    }

    @Test
    void allPixelsOfAChannelOfAPictureShareItsFactor() {
        Layout layout = new Layout();
        Slot map = layout.input(2, 3, 2, 2);
        ChannelDropout dropout = ChannelDropout.of(layout, 2, 2);
        Graph graph = new Graph("dropout", false);
        Tensor out = graph.output(dropout.apply(graph.constant(map)));
        Program program = graph.build();
        try (Device device = Devices.open("reference");
                Executable executable = device.compile(program)) {
            double[] values = new double[24];
            Arrays.setAll(values, i -> i + 1);
            double[] factors = {0, 2, 3, 0};
            executable.write(map, values);
            executable.write(dropout.keep(), factors);
            executable.run(program);
            double[] expected = new double[24];
            Arrays.setAll(expected, i -> (i + 1) * factors[i / 12 * 2 + i % 2]);
            assertThat(executable.readDoubles(graph.locate(out))).containsExactly(expected);
        }
    }
}
