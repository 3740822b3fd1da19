package beits.device.tornado;

import beits.device.Device;
import beits.device.DeviceDescription;
import beits.device.DeviceException;
import beits.device.DeviceOptions;
import beits.device.DeviceProvider;
import beits.device.OpenCl;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Finds TornadoVM's devices. What can be missing outside (the SDK on the module path, the launch flags, a driver) is told in one line
 * with its remedy.
 */
public final class TornadoProvider implements DeviceProvider {
    private static final String FLAGS =
            "run with ./beits, which adds TornadoVM's flags, or with `java @$TORNADOVM_HOME/tornado-argfile`";

    private static final String NO_PLATFORM =
            "there is no OpenCL platform; install a driver (on a CPU: `apt install pocl-opencl-icd`) and look with clinfo";

    private static final String DRIVERS = "tornado.drivers.";

    /** Made by the service loader. */
    public TornadoProvider() {}

    @Override
    public String family() {
        return "tornado";
    }

    @Override
    public List<DeviceDescription> list() {
        return reached("tornado", TornadoVmDevices::list);
    }

    @Override
    public Device open(String name, DeviceOptions options) {
        return reached(name, () -> TornadoVmDevices.open(name, options));
    }

    /** Does something with TornadoVM and puts into words what keeps TornadoVM from starting. */
    private static <T> T reached(String name, Supplier<T> action) {
        if (needsOpenCl() && OpenCl.platforms() == 0) {
            throw new DeviceException("device " + name + ": " + NO_PLATFORM);
        }
        TornadoSettings.apply();
        try {
            return action.get();
        } catch (LinkageError e) {
            throw new DeviceException("device " + name + ": " + remedy(e), e);
        } catch (DeviceException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new DeviceException("device " + name + ": " + remedy(e), e);
        }
    }

    /** Whether OpenCL is the only backend of the SDK that this JVM was started with. */
    private static boolean needsOpenCl() {
        Set<String> backends = ModuleLayer.boot().modules().stream()
                .map(Module::getName)
                .filter(name -> name.startsWith(DRIVERS) && !name.equals(DRIVERS + "common"))
                .map(name -> name.substring(DRIVERS.length()).replaceAll("\\..*", ""))
                .collect(Collectors.toSet());
        return backends.equals(Set.of("opencl"));
    }

    private static String remedy(Throwable failure) {
        StringBuilder all = new StringBuilder();
        for (Throwable t = failure; t != null; t = t.getCause()) {
            all.append(t).append(' ');
        }
        String text = all.toString();
        if (text.contains("No OpenCL platforms found")) {
            return NO_PLATFORM;
        }
        if (text.contains("JNI Library not found") || text.contains("UnsatisfiedLinkError")) {
            return "TornadoVM's native library is missing from java.library.path; " + FLAGS;
        }
        if (text.contains("argfile") || text.contains("TornadoAPIException")) {
            return "TornadoVM's launch flags are missing; " + FLAGS;
        }
        if (text.contains("NoClassDefFoundError") || text.contains("ClassNotFoundException")) {
            return "TornadoVM is not on the module path or failed to start before; install an SDK for JDK 25 where there is none"
                    + " (`sdk install tornadovm`, or set TORNADOVM_HOME), and " + FLAGS;
        }
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return "TornadoVM could not start (" + message.lines().findFirst().orElse("") + "); " + FLAGS;
    }
}
