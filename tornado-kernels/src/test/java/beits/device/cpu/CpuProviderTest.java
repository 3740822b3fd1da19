package beits.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.device.Device;
import beits.device.DeviceException;
import beits.device.DeviceOptions;
import beits.device.Devices;
import beits.device.Executable;
import beits.kernel.Convolution;
import beits.kernel.ConvolutionInputBackward;
import beits.kernel.Epilogue;
import beits.kernel.Fill;
import beits.kernel.Kernel;
import beits.kernel.Window;
import beits.kernel.WindowProduct;
import beits.program.Program;
import beits.program.Section;
import beits.tensor.Arena;
import beits.tensor.Shape;
import beits.tensor.Slot;
import java.util.List;
import org.junit.jupiter.api.Test;

class CpuProviderTest {
    private static final DeviceOptions TWO_THREADS = new DeviceOptions(2, DeviceOptions.KernelForm.AUTOMATIC);
    private static final Slot SLOT = new Slot(Arena.ACTIVATIONS, 0, Shape.of(3));

    @Test
    void theProcessorIsFoundByName() {
        try (Device device = Devices.open("cpu", TWO_THREADS)) {
            assertThat(device.description().name()).isEqualTo("cpu");
            assertThat(device.description().kind()).contains("2 threads");
            assertThat(device.description().precision()).isEqualTo(32);
        }
        assertThatThrownBy(() -> Devices.open("cpu:1"))
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("its name is cpu");
    }

    @Test
    void anExecutableRefusesForeignProgramsAndMisfits() {
        try (Device device = Devices.open("cpu", TWO_THREADS);
                Executable executable = device.compile(program(1))) {
            assertThatThrownBy(() -> executable.run(program(2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not compiled");
            assertThatThrownBy(() -> executable.write(SLOT, new float[2])).hasMessageContaining("do not fit");
            assertThatThrownBy(() -> executable.readInts(SLOT)).hasMessageContaining("INT32");
            assertThatThrownBy(() -> executable.readFloats(SLOT.at(1))).hasMessageContaining("outside");
        }
    }

    @Test
    void programsShareTheirArenasAndTellWhatRan() {
        Program one = program(1);
        Program two = program(2);
        try (Device device = Devices.open("cpu", TWO_THREADS);
                Executable executable = device.compile(List.of(one, two))) {
            executable.run(one);
            assertThat(executable.readFloats(SLOT)).containsExactly(1f, 1f, 1f);
            StringBuilder heard = new StringBuilder();
            executable.run(two, (section, kernel, nanoseconds) -> {
                assertThat(nanoseconds).isPositive();
                heard.append(section.name()).append(':').append(kernel.label());
            });
            assertThat(heard.toString()).isEqualTo("only:Fill");
            assertThat(executable.readDoubles(SLOT)).containsExactly(2, 2, 2);
            assertThat(executable.memory()).isGreaterThanOrEqualTo(12);
        }
    }

    @Test
    void onlyWhatIsUnfoldedTakesMemoryForIt() {
        Window window = new Window(1, 64, 96, 96, 3, 3, 1, 1);
        Slot picture = new Slot(Arena.INPUTS, 0, Shape.of(1, 96, 96, 64));
        Slot weight = new Slot(Arena.PARAMETERS, 0, Shape.of(16, window.columns()));
        Slot y = new Slot(Arena.ACTIVATIONS, 0, Shape.of(window.rows(), 16));
        Slot room = WindowProduct.room(window);
        Kernel forward = new Convolution(picture, weight, y, room, window, false, Epilogue.NONE);
        Kernel backward = new ConvolutionInputBackward(y, weight, picture, room, window, false);
        Kernel channelsFirst = new ConvolutionInputBackward(y, weight, picture, room, window, true);

        assertThat(memory(forward, backward)).isLessThan(room.size() * Float.BYTES);
        assertThat(memory(channelsFirst)).isGreaterThan(room.size() * Float.BYTES);
    }

    private static long memory(Kernel... kernels) {
        try (Device device = Devices.open("cpu", TWO_THREADS);
                Executable executable =
                        device.compile(new Program("convolutions", List.of(new Section("only", List.of(kernels)))))) {
            return executable.memory();
        }
    }

    private static Program program(double value) {
        return new Program("fill", List.of(new Section("only", List.of(new Fill(SLOT, value)))));
    }
}
