package beits.device.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import beits.device.Device;
import beits.device.Devices;
import beits.device.Executable;
import beits.device.Traffic;
import org.junit.jupiter.api.Test;

class TornadoTrainingTest {
    private static final int STEPS = 200;

    /** Bytes a step may bring up: the staging of the batch and its table, and the places of every graph's operands. */
    private static final long MOST_UP = 64 * 1024;

    @Test
    void twoHundredStepsAgreeWithTheProcessorAndEverythingStaysOnTheDevice() {
        SmallNetwork network = new SmallNetwork();
        try (Device cpu = Devices.open("cpu");
                Device tornado = Devices.open("tornado");
                Executable expected = cpu.compile(network.step);
                Executable actual = tornado.compile(network.step)) {
            network.start(expected);
            network.start(actual);
            float firstLoss = 0;
            for (int step = 0; step < STEPS; step++) {
                network.feed(expected, step);
                network.feed(actual, step);
                Traffic before = actual.traffic();
                expected.run(network.step);
                actual.run(network.step);
                float loss = actual.readFloats(network.loss)[0];
                Traffic moved = actual.traffic().since(before);
                if (step == 0) {
                    firstLoss = loss;
                } else {
                    assertThat(moved.up()).isLessThan(MOST_UP);
                    assertThat(moved.down()).isEqualTo(Float.BYTES);
                }
                float expectedLoss = expected.readFloats(network.loss)[0];
                assertThat(Math.abs(loss - expectedLoss))
                        .as("loss of step %d", step)
                        .isLessThan(1e-4f * expectedLoss);
            }
            assertThat(expected.readFloats(network.loss)[0]).isLessThan(0.6f * firstLoss);
            assertClose(actual.readFloats(network.parameters), expected.readFloats(network.parameters));
        }
    }

    /** Drift of the parameters after all steps: at most 2e-3 of the largest one. */
    private static void assertClose(float[] actual, float[] expected) {
        float largest = 0;
        float worst = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
        }
        assertThat(worst / largest).isLessThan(2e-3f);
    }

    @Test
    void theDeviceSeesWeightsThatTheHostChanges() {
        SmallNetwork network = new SmallNetwork();
        try (Device tornado = Devices.open("tornado");
                Executable executable = tornado.compile(network.step)) {
            network.start(executable);
            network.feed(executable, 0);
            float[] weights = executable.readFloats(network.parameters);
            executable.run(network.step);
            float first = executable.readFloats(network.loss)[0];
            executable.run(network.step);
            assertThat(executable.readFloats(network.loss)[0]).isNotEqualTo(first);
            executable.write(network.parameters, weights);
            executable.run(network.step);
            assertThat(executable.readFloats(network.loss)[0]).isEqualTo(first);
        }
    }
}
