package beits.device.tornado;

import beits.device.Device;
import beits.device.DeviceDescription;
import beits.device.DeviceException;
import beits.device.DeviceOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/** The devices of TornadoVM's backends by their numbers. */
final class TornadoVmDevices {
    private TornadoVmDevices() {}

    static List<DeviceDescription> list() {
        List<DeviceDescription> found = new ArrayList<>();
        try (SignalHandlers _ = SignalHandlers.keep()) {
            TornadoRuntime runtime = TornadoRuntimeProvider.getTornadoRuntime();
            for (int b = 0; b < runtime.getNumBackends(); b++) {
                for (int d = 0; d < runtime.getBackend(b).getNumDevices(); d++) {
                    found.add(describe(
                            "tornado:" + b + ":" + d, runtime.getBackend(b).getDevice(d)));
                }
            }
        }
        return found;
    }

    static DeviceDescription describe(String name, TornadoDevice device) {
        String driver = device.getPhysicalDevice()
                .getDeviceInfo()
                .lines()
                .filter(line -> line.startsWith("Driver version"))
                .map(line -> ", driver" + line.substring(line.indexOf(':') + 1).stripTrailing())
                .findFirst()
                .orElse("");
        String kind = "%s %s on %s (%s%s)"
                .formatted(
                        device.getTornadoVMBackend(),
                        device.getDeviceType().name().toLowerCase(Locale.ROOT),
                        device.getPhysicalDevice().getDeviceName().strip(),
                        device.getPlatformName().strip(),
                        driver);
        return new DeviceDescription(name, kind, device.getMaxGlobalMemory(), Float.SIZE);
    }

    /** @param name {@code tornado} for the first device, or {@code tornado:<backend>:<index>} */
    static Device open(String name, DeviceOptions options) {
        int[] place = parse(name);
        try (SignalHandlers _ = SignalHandlers.keep()) {
            TornadoRuntime runtime = TornadoRuntimeProvider.getTornadoRuntime();
            boolean there = place[0] < runtime.getNumBackends()
                    && place[1] < runtime.getBackend(place[0]).getNumDevices();
            if (!there) {
                throw new DeviceException("device " + name + ": not there; there are "
                        + list().stream().map(DeviceDescription::name).toList() + " (see `beits devices`)");
            }
            return TornadoVmDevice.open(
                    "tornado:" + place[0] + ":" + place[1],
                    runtime.getBackend(place[0]).getDevice(place[1]),
                    options.form());
        }
    }

    private static int[] parse(String name) {
        if (name.equals("tornado")) {
            return new int[] {0, 0};
        }
        String[] parts = name.split(":", -1);
        if (parts.length != 3 || !parts[1].matches("\\d{1,4}") || !parts[2].matches("\\d{1,4}")) {
            throw new DeviceException(
                    "device " + name + ": use tornado or tornado:<backend>:<index>, such as tornado:0:0");
        }
        return new int[] {Integer.parseInt(parts[1]), Integer.parseInt(parts[2])};
    }
}
