package beits.device;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** The devices of this machine. */
public final class Devices {
    private Devices() {}

    /** The families that are there, in the order cpu, reference, others. */
    public static List<DeviceProvider> families() {
        List<DeviceProvider> providers = new ArrayList<>();
        ServiceLoader.load(DeviceProvider.class).forEach(providers::add);
        return providers;
    }

    /**
     * Opens a device.
     *
     * @param name {@code cpu}, {@code reference}, {@code tornado} or {@code tornado:<backend>:<index>}
     * @param options settings
     * @throws DeviceException when there is no such device, with the remedy
     */
    public static Device open(String name, DeviceOptions options) {
        String family = name.contains(":") ? name.substring(0, name.indexOf(':')) : name;
        for (DeviceProvider provider : families()) {
            if (provider.family().equals(family)) {
                return provider.open(name, options);
            }
        }
        if (family.equals("tornado")) {
            throw new DeviceException(
                    "device " + name + ": this build has no TornadoVM device; install an SDK for JDK 25"
                            + " (`sdk install tornadovm`, or set TORNADOVM_HOME) and run ./beits again, which rebuilds with it");
        }
        throw new DeviceException(
                "device " + name + ": unknown; use cpu, reference, tornado or tornado:<backend>:<index>");
    }

    /** {@link #open(String, DeviceOptions)} with {@link DeviceOptions#DEFAULT}. */
    public static Device open(String name) {
        return open(name, DeviceOptions.DEFAULT);
    }
}
