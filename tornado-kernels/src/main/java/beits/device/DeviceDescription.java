package beits.device;

/**
 * What a device is.
 *
 * @param name the name that opens it, such as {@code cpu} or {@code tornado:0:1}
 * @param kind its make, such as {@code AVX-512, 2 threads} or the OpenCL device's name
 * @param memory bytes it may use, or 0 when unknown
 * @param precision bits of its floats: 32, or 64 on {@code reference}
 */
public record DeviceDescription(String name, String kind, long memory, int precision) {}
