package beits.cli;

import beits.device.Device;
import beits.device.DeviceOptions;
import beits.device.Devices;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that computes. */
final class CommonOptions {
    @Option(
            names = "--device",
            defaultValue = "cpu",
            paramLabel = "NAME",
            description = "cpu, reference, tornado or tornado:<backend>:<index> (default: ${DEFAULT-VALUE})")
    String device = "cpu";

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "threads of the cpu device (default: all processors); results do not depend on it")
    @Nullable
    Integer threads;

    @Option(
            names = "--kernel-form",
            paramLabel = "FORM",
            defaultValue = "AUTOMATIC",
            description =
                    "kernels of the tornado device: ${COMPLETION-CANDIDATES} (default: by the type of the device)")
    DeviceOptions.KernelForm form = DeviceOptions.KernelForm.AUTOMATIC;

    Device open() {
        return open(device);
    }

    /** Another device under the same options. */
    Device open(String name) {
        return open(name, form);
    }

    /** A device with kernels of another form. */
    Device open(String name, DeviceOptions.KernelForm kernelForm) {
        if (threads != null && threads < 1) {
            throw new UserException("--threads " + threads + ": must be at least 1");
        }
        return Devices.open(name, new DeviceOptions(threadCount(), kernelForm));
    }

    /** Threads of the cpu device. */
    int threadCount() {
        return threads == null ? DeviceOptions.DEFAULT.threads() : threads;
    }
}
