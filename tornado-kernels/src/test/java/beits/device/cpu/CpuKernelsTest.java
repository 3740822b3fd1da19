package beits.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import beits.device.Device;
import beits.device.DeviceOptions;
import beits.device.Devices;
import beits.device.Executable;
import beits.device.KernelAgreement;
import beits.device.KernelCase;
import beits.device.KernelCases;
import beits.program.Program;
import beits.program.Section;
import beits.tensor.ElementType;
import beits.tensor.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kernel on every awkward case: against the reference, and bit for bit between numbers of threads. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CpuKernelsTest {
    private final List<Device> devices = new ArrayList<>();

    @BeforeAll
    void open() {
        for (int threads = 1; threads <= 3; threads++) {
            devices.add(Devices.open("cpu", new DeviceOptions(threads, DeviceOptions.KernelForm.AUTOMATIC)));
        }
    }

    @AfterAll
    void close() {
        devices.forEach(Device::close);
    }

    static Stream<KernelCase> cases() {
        return KernelCases.all().stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithTheReference(KernelCase kernelCase) {
        KernelAgreement.check(devices.get(0), kernelCase, 1e-5);
        KernelAgreement.check(devices.get(1), kernelCase, 1e-5);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void hasTheSameBitsForAnyNumberOfThreads(KernelCase kernelCase) {
        List<int[]> expected = run(devices.get(0), kernelCase);
        for (Device device : devices.subList(1, devices.size())) {
            List<int[]> actual = run(device, kernelCase);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(actual.get(i)).as(device.description().kind()).isEqualTo(expected.get(i));
            }
        }
    }

    /** Threads keep packed factors in memory of their own, which must not outlive a run. */
    @ParameterizedTest
    @MethodSource("cases")
    void keepsNothingOfAnEarlierRun(KernelCase kernelCase) {
        Device device = devices.get(1);
        List<int[]> expected = run(device, kernelCase);
        Program program = program(kernelCase);
        try (Executable executable = device.compile(program)) {
            kernelCase.floats().forEach((slot, values) -> executable.write(slot, halves(values)));
            kernelCase.ints().forEach(executable::write);
            executable.run(program);
            assertThat(results(executable, program, kernelCase)).containsExactlyElementsOf(expected);
        }
    }

    private static float[] halves(float[] values) {
        float[] halves = values.clone();
        for (int i = 0; i < halves.length; i++) {
            halves[i] /= 2;
        }
        return halves;
    }

    private static Program program(KernelCase kernelCase) {
        return new Program("case", List.of(new Section("case", List.of(kernelCase.kernel()))));
    }

    private static List<int[]> run(Device device, KernelCase kernelCase) {
        Program program = program(kernelCase);
        try (Executable executable = device.compile(program)) {
            return results(executable, program, kernelCase);
        }
    }

    private static List<int[]> results(Executable executable, Program program, KernelCase kernelCase) {
        kernelCase.floats().forEach(executable::write);
        kernelCase.ints().forEach(executable::write);
        executable.run(program);
        return kernelCase.compared().stream()
                .map(slot -> bits(executable, slot))
                .toList();
    }

    private static int[] bits(Executable executable, Slot slot) {
        if (slot.arena().type() == ElementType.INT32) {
            return executable.readInts(slot);
        }
        float[] values = executable.readFloats(slot);
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }
}
