package beits.cli;

import beits.device.DeviceDescription;
import beits.device.DeviceException;
import beits.device.DeviceProvider;
import beits.device.Devices;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code beits devices}. */
@Command(name = "devices", mixinStandardHelpOptions = true, description = "Lists the devices that --device can name.")
final class DevicesCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = Streams.out(spec);
        for (DeviceProvider provider : Devices.families()) {
            try {
                for (DeviceDescription device : provider.list()) {
                    out.println(String.format(
                            Locale.ROOT,
                            "%-14s %s, %d-bit floats%s",
                            device.name(),
                            device.kind(),
                            device.precision(),
                            device.memory() == 0
                                    ? ""
                                    : String.format(Locale.ROOT, ", %.1f GB", device.memory() / 1e9)));
                }
            } catch (DeviceException e) {
                out.println(String.format(Locale.ROOT, "%-14s not usable: %s", provider.family(), e.getMessage()));
            }
        }
        return 0;
    }
}
