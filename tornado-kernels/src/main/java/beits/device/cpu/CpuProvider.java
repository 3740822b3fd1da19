package beits.device.cpu;

import beits.device.Device;
import beits.device.DeviceDescription;
import beits.device.DeviceException;
import beits.device.DeviceOptions;
import beits.device.DeviceProvider;
import java.util.List;

/** Finds the processor. Refers to no class of the Vector API, so that its absence can be told in words. */
public final class CpuProvider implements DeviceProvider {
    private static final String MODULE = "jdk.incubator.vector";

    /** Made by the service loader. */
    public CpuProvider() {}

    @Override
    public String family() {
        return "cpu";
    }

    @Override
    public List<DeviceDescription> list() {
        requireVectors();
        return List.of(CpuDevice.describe(DeviceOptions.DEFAULT.threads()));
    }

    @Override
    public Device open(String name, DeviceOptions options) {
        if (!name.equals(family())) {
            throw new DeviceException("device " + name + ": there is one processor; its name is cpu");
        }
        requireVectors();
        return new CpuDevice(options.threads());
    }

    private static void requireVectors() {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            throw new DeviceException("device cpu: the module " + MODULE
                    + " is not loaded; run with ./beits or add --add-modules " + MODULE + " to java");
        }
    }
}
