package beits.device.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import beits.device.Device;
import beits.device.DeviceOptions;
import beits.device.DeviceOptions.KernelForm;
import beits.device.Devices;
import beits.device.KernelAgreement;
import beits.device.KernelCases;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every kernel on every awkward case against the reference, in one set of arenas. */
class TornadoKernelsTest {
    @ParameterizedTest
    @EnumSource(names = "VECTOR")
    void everyKernelAgreesWithTheReference(KernelForm form) {
        try (Device device = Devices.open("tornado", new DeviceOptions(1, form))) {
            assertThat(KernelAgreement.failures(device, KernelCases.all(), 1e-5))
                    .isEmpty();
        }
    }
}
