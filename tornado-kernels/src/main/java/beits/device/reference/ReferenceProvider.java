package beits.device.reference;

import beits.device.Device;
import beits.device.DeviceDescription;
import beits.device.DeviceException;
import beits.device.DeviceOptions;
import beits.device.DeviceProvider;
import java.util.List;

/** Offers the one device {@code reference}. */
public final class ReferenceProvider implements DeviceProvider {
    static final String NAME = "reference";

    @Override
    public String family() {
        return NAME;
    }

    @Override
    public List<DeviceDescription> list() {
        return List.of(new ReferenceDevice().description());
    }

    @Override
    public Device open(String name, DeviceOptions options) {
        if (!name.equals(NAME)) {
            throw new DeviceException("device " + name + ": there is only one reference device; use " + NAME);
        }
        return new ReferenceDevice();
    }
}
