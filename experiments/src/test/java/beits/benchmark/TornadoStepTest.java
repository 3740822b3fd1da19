package beits.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import beits.device.Device;
import beits.device.Devices;
import beits.device.Executable;
import beits.device.Traffic;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a training step of a whole BEiT compiles and moves on the TornadoVM device. */
class TornadoStepTest {
    private static final int BATCH = 2;

    /** Places of the operands of every graph's run and the tables of the staging arrays. */
    private static final int TABLES = 64 * 1024;

    @BeforeAll
    static void needsTornadoVm() {
        assumeTrue(
                Devices.families().stream()
                        .anyMatch(provider -> provider.family().equals("tornado")),
                "built without TornadoVM");
    }

    private static int compiledKernels(Device device, int depth) {
        try (Workload step = TrainingWorkload.mim(device, BenchmarkModel.TINY.withDepth(depth), BATCH, false)) {
            return step.executable().compiledKernels();
        }
    }

    @Test
    void depthDoesNotChangeWhatIsCompiled() {
        try (Device device = Devices.open("tornado")) {
            int two = compiledKernels(device, 2);
            assertThat(two).isBetween(40, 150);
            assertThat(compiledKernels(device, 12)).isEqualTo(two);
            assertThat(compiledKernels(device, 24)).isEqualTo(two);
        }
    }

    @Test
    void onlyTheBatchGoesUpAndOnlyTheCountersComeDown() {
        try (Device device = Devices.open("tornado");
                Workload step = TrainingWorkload.mim(device, BenchmarkModel.TINY.withDepth(2), BATCH, false)) {
            Executable executable = step.executable();
            step.run();
            Traffic first = executable.traffic();
            assertThat(first.up()).isGreaterThanOrEqualTo(step.parameters() * Float.BYTES);

            step.run();

            Traffic moved = executable.traffic().since(first);
            long pictures = (long) BATCH * 28 * 28 * Float.BYTES;
            assertThat(moved.up()).isBetween(pictures, pictures + TABLES);
            assertThat(moved.down()).isEqualTo(3 * Float.BYTES);
        }
    }
}
