package beits.device.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.device.Device;
import beits.device.DeviceException;
import beits.device.Devices;
import beits.device.Executable;
import beits.kernel.Fill;
import beits.kernel.Scale;
import beits.program.Program;
import beits.program.Section;
import beits.tensor.Arena;
import beits.tensor.Shape;
import beits.tensor.Slot;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TornadoDeviceTest {
    private static final int WIDTH = 32;

    private static Slot slot(long place) {
        return new Slot(Arena.ACTIVATIONS, place * WIDTH, Shape.of(WIDTH));
    }

    /** Doubles a vector once a layer. */
    private static Program layers(int depth) {
        return new Program(
                "layers",
                IntStream.range(0, depth)
                        .mapToObj(l -> new Section("layer " + l, List.of(new Scale(slot(l), slot(l + 1), 2))))
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 12, 24})
    void equalSectionsShareOneGraph(int depth) {
        Program program = layers(depth);
        try (Device device = Devices.open("tornado");
                Executable executable = device.compile(program)) {
            float[] ones = new float[WIDTH];
            java.util.Arrays.fill(ones, 1);
            executable.write(slot(0), ones);
            executable.run(program);
            assertThat(executable.readFloats(slot(depth))).containsOnly((float) (1 << depth));
            assertThat(((TornadoExecutable) executable).graphCount()).isEqualTo(1);
        }
    }

    @Test
    void longSectionsAreCutBeforeAGraphOverflows() {
        Program program = new Program(
                "long",
                List.of(new Section(
                        "section",
                        IntStream.range(0, 300)
                                .mapToObj(i -> (beits.kernel.Kernel) new Scale(slot(0), slot(0), i % 2 == 0 ? 2 : 0.5))
                                .toList())));
        try (Device device = Devices.open("tornado");
                Executable executable = device.compile(program)) {
            assertThat(((TornadoExecutable) executable).graphCount()).isGreaterThan(1);
        }
    }

    @Test
    void aSecondRunAtTheSameTimeIsRefused() {
        Program program = layers(1);
        try (Device device = Devices.open("tornado");
                Executable executable = device.compile(program)) {
            assertThatThrownBy(() -> executable.run(program, (_, _, _) -> executable.run(program)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("one thread at a time");
        }
    }

    @Test
    void aProgramThatDoesNotFitIsRefusedBeforehand() {
        Slot far = new Slot(Arena.ACTIVATIONS, 20_000_000_000L, Shape.of(WIDTH));
        Program program = new Program("huge", List.of(new Section("fill", List.of(new Fill(far, 1)))));
        try (Device device = Devices.open("tornado")) {
            assertThatThrownBy(() -> device.compile(program))
                    .isInstanceOf(DeviceException.class)
                    .hasMessageContaining("use a smaller batch");
        }
    }

    @Test
    void wrongNamesAreNamed() {
        assertThatThrownBy(() -> Devices.open("tornado:0:99"))
                .hasMessageContaining("not there; there are [tornado:0:0");
        assertThatThrownBy(() -> Devices.open("tornado:x")).hasMessageContaining("tornado:<backend>:<index>");
    }

    @Test
    void aKernelThatFailsEndsTheProcess() throws IOException, InterruptedException {
        // The name of the kernel becomes a mistake that the driver's compiler refuses; the self-test has another.
        Child ended = Child.run(Run.class, "-Dtornado.opencl.compiler.flags=-DscaleElements=-");
        assertThat(ended.exitCode()).isNotZero();
        assertThat(ended.output())
                .contains("DeviceFailedException: device tornado")
                .doesNotContain("finished");
    }

    @Test
    void aKernelThatTheDriverDoesNotLaunchEndsTheProcess() throws IOException, InterruptedException {
        // A size of groups that the grid is no multiple of: the driver refuses the launch, TornadoVM prints that and
        // goes on.
        Child ended = Child.run(
                Run.class,
                "-Dtornado.opencl.compiler.flags=-DscaleElements="
                        + "__attribute__((reqd_work_group_size(5,1,1)))scaleElements");
        assertThat(ended.exitCode()).isNotZero();
        assertThat(ended.output())
                .contains("the driver refused to launch kernel scaleElements_1")
                .doesNotContain("finished");
    }

    @Test
    void aDeviceThatFailsItsSelfTestIsRefused() throws IOException, InterruptedException {
        Child ended = Child.run(Run.class, "-Dtornado.opencl.compiler.flags=-DgeluForward=-");
        assertThat(ended.exitCode()).isNotZero();
        assertThat(ended.output()).contains("its self-test failed").doesNotContain("finished");
    }

    @Test
    void goingOnInJavaIsRefused() throws IOException, InterruptedException {
        Child ended = Child.run(Run.class, "-Dtornado.recover.bailout=True");
        assertThat(ended.exitCode()).isNotZero();
        assertThat(ended.output())
                .contains("add -Dtornado.recover.bailout=False")
                .doesNotContain("finished");
    }

    @Test
    void signalsOfTheJvmDoNotSpoilTheDriversCompilations() throws IOException, InterruptedException {
        Child ended = Child.run(RunAmongSignals.class, "-XX:-OmitStackTraceInFastThrow");
        assertThat(ended.output()).contains("finished among signals");
        assertThat(ended.exitCode()).isZero();
    }

    /** A process that does some work on the device while the JVM gets a SIGSEGV, its sign of a null pointer, every two milliseconds. */
    static final class RunAmongSignals {
        private RunAmongSignals() {}

        public static void main(String[] arguments) {
            Program program = layers(1);
            try (Device device = Devices.open("tornado")) {
                Thread.ofPlatform().daemon().start(RunAmongSignals::signals);
                try (Executable executable = device.compile(program)) {
                    executable.run(program);
                }
            }
            System.out.println("finished among signals");
        }

        private static void signals() {
            while (true) {
                try {
                    length(null);
                } catch (NullPointerException e) {
                    LockSupport.parkNanos(2_000_000);
                }
            }
        }

        @SuppressWarnings("NullAway") // The null pointer is what this is for.
        private static int length(@Nullable String text) {
            return text.length();
        }
    }

    /** A process that does some work on the device. */
    static final class Run {
        private Run() {}

        public static void main(String[] arguments) {
            Program program = layers(1);
            try (Device device = Devices.open("tornado");
                    Executable executable = device.compile(program)) {
                executable.run(program);
            }
            System.out.println("finished");
        }
    }
}
