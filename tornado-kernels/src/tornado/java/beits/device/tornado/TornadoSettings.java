package beits.device.tornado;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;

/**
 * TornadoVM's settings that the kernels and graphs of this package rely on. TornadoVM reads them from the system properties once,
 * when its classes are initialised; so they are set before, unless the user has.
 */
final class TornadoSettings {
    private static final double SHARE_OF_MEMORY = 0.6;
    private static final long GIGABYTE = 1L << 30;

    /** Bail-out would run failing kernels as sequential Java; relaxed mathematics would fold infinities and divisions by zero. */
    private static final Map<String, String> SETTINGS = Map.of(
            "tornado.recover.bailout", "False",
            "tornado.tvm.maxbytecodesize", "1048576",
            "tornado.opencl.compiler.flags", "-cl-mad-enable -w",
            "tornado.device.memory", memory() + "GB");

    private TornadoSettings() {}

    /** Sets what is not set. */
    static void apply() {
        SETTINGS.forEach(System.getProperties()::putIfAbsent);
    }

    /** Gigabytes that TornadoVM may use at most: devices that have less say so themselves. */
    private static long memory() {
        long total =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        return Math.max(1, (long) (SHARE_OF_MEMORY * total) / GIGABYTE);
    }
}
