package beits.device.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import beits.device.Device;
import beits.device.DeviceOptions;
import beits.device.DeviceOptions.KernelForm;
import beits.device.Devices;
import beits.device.KernelAgreement;
import beits.device.KernelCase;
import beits.device.KernelCases;
import beits.kernel.AdamW;
import beits.kernel.Attention;
import beits.kernel.AttentionBackward;
import beits.kernel.CrossEntropy;
import beits.kernel.LayerNorm;
import beits.kernel.LayerNormBackward;
import beits.kernel.MatMul;
import beits.kernel.Softmax;
import beits.kernel.SoftmaxBackward;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Kernels on awkward cases against the reference, many in one set of arenas. */
class TornadoKernelsTest {
    private static void check(KernelForm form, List<KernelCase> cases) {
        try (Device device = Devices.open("tornado", new DeviceOptions(1, form))) {
            assertThat(KernelAgreement.failures(device, cases, 1e-5)).isEmpty();
        }
    }

    @Test
    void everyKernelInVectorForm() {
        check(KernelForm.VECTOR, KernelCases.all());
    }

    @Test
    void productsInTheFormOfTornadoVmsExamples() {
        check(KernelForm.EXAMPLE, KernelCases.of(MatMul.class));
    }

    @Test
    void theKernelsThatHaveAWorkgroupForm() {
        check(
                KernelForm.WORKGROUP,
                Stream.of(
                                MatMul.class,
                                Attention.class,
                                AttentionBackward.class,
                                Softmax.class,
                                SoftmaxBackward.class,
                                LayerNorm.class,
                                LayerNormBackward.class,
                                CrossEntropy.class,
                                AdamW.class)
                        .flatMap(kernel -> KernelCases.of(kernel).stream())
                        .toList());
    }
}
