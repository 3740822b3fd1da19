package beits.device;

import java.util.List;

/** A family of devices, found by {@link java.util.ServiceLoader}. */
public interface DeviceProvider {
    /** First word of its devices' names: {@code cpu}, {@code reference}, {@code tornado}. */
    String family();

    /**
     * The devices of this family on this machine.
     *
     * @throws DeviceException when the family cannot work here, with the remedy
     */
    List<DeviceDescription> list();

    /**
     * Opens a device.
     *
     * @param name its whole name, beginning with the family
     * @param options settings
     * @throws DeviceException when there is no such device, with the remedy
     */
    Device open(String name, DeviceOptions options);
}
