package beits.device;

/**
 * Settings of a device.
 *
 * @param threads worker threads of {@code cpu}; results do not depend on them
 * @param form kernel form of {@code tornado}
 */
public record DeviceOptions(int threads, KernelForm form) {
    /** Which form of the kernels the TornadoVM device uses. */
    public enum KernelForm {
        /** By the type of the device. */
        AUTOMATIC,
        /** Register-tiled vector form for CPU-type devices. */
        VECTOR,
        /** Local-memory tiles and work-group reductions for GPU-type devices. */
        WORKGROUP,
        /** As VECTOR, but for products as TornadoVM's documentation writes them: slow, to compare with. */
        EXAMPLE
    }

    /** As many threads as the machine has processors; kernel form by device. */
    public static final DeviceOptions DEFAULT =
            new DeviceOptions(Runtime.getRuntime().availableProcessors(), KernelForm.AUTOMATIC);

    public DeviceOptions {
        if (threads < 1) {
            throw new IllegalArgumentException("threads = " + threads + " must be at least 1");
        }
    }
}
