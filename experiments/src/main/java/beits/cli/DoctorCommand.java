package beits.cli;

import beits.device.DeviceDescription;
import beits.device.DeviceException;
import beits.device.DeviceProvider;
import beits.device.Devices;
import beits.image.TurboJpeg;
import beits.job.Pictures;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code beits doctor}. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Says what this machine has, and the one thing to do for what is missing.")
final class DoctorCommand implements Callable<Integer> {
    private static final Path OPENCL_DRIVERS = Path.of("/etc/OpenCL/vendors");

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = Streams.out(spec);
        Runtime runtime = Runtime.getRuntime();
        say(out, true, "JDK", "%s, %s".formatted(System.getProperty("java.version"), System.getProperty("java.home")));
        boolean vector = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        say(
                out,
                vector,
                "Vector API",
                vector ? "there" : "not switched on: start with ./beits, or add --add-modules jdk.incubator.vector");
        say(
                out,
                true,
                "processor",
                "%d threads, %s".formatted(runtime.availableProcessors(), System.getProperty("os.arch")));
        say(
                out,
                true,
                "memory",
                String.format(
                        Locale.ROOT,
                        "Java heap up to %.1f GB; models lie outside of it (BEITS_OPTS=-Xmx8g changes the heap)",
                        runtime.maxMemory() / 1e9));
        say(out, TurboJpeg.open().isPresent(), "JPEG decoder", Pictures.decoder());
        Optional<Path> sdk = sdk();
        say(out, sdk.isPresent(), "TornadoVM SDK", sdk.map(Path::toString).orElseGet(DoctorCommand::missingSdk));
        if (sdk.isPresent()) {
            sayFlags(out, sdk.get());
            boolean opencl = openClDriver();
            say(
                    out,
                    opencl,
                    "OpenCL driver",
                    opencl
                            ? "found in " + OPENCL_DRIVERS
                            : "none in %s: install your GPU's, or pocl-opencl-icd for the processor"
                                    .formatted(OPENCL_DRIVERS));
        }
        for (DeviceProvider provider : Devices.families()) {
            try {
                for (DeviceDescription device : provider.list()) {
                    say(out, true, "device", device.name() + ", " + device.kind());
                }
            } catch (DeviceException e) {
                say(out, false, "device", String.valueOf(e.getMessage()));
            }
        }
        return 0;
    }

    /** The SDK that is named, and only when none is named the one in SDKMAN's place: as the launcher and the build do. */
    private static Optional<Path> sdk() {
        String named = System.getenv("TORNADOVM_HOME");
        Path place = named == null || named.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".sdkman/candidates/tornadovm/current")
                : Path.of(named);
        return Optional.of(place).filter(path -> Files.isDirectory(path.resolve("share/java/tornado")));
    }

    private static String missingSdk() {
        String named = System.getenv("TORNADOVM_HOME");
        return named == null || named.isEmpty()
                ? "none: `sdk install tornadovm` (a -jdk25 one), or set TORNADOVM_HOME; needed for GPUs only"
                : "TORNADOVM_HOME=" + named
                        + " holds none (no share/java/tornado): correct it, or unset it to use SDKMAN's";
    }

    /** Says whether the SDK is one for this JDK and, in a JVM that has TornadoVM, whether it has the flags and memory for it. */
    private static void sayFlags(PrintWriter out, Path sdk) throws IOException {
        Path release = sdk.resolve("etc/tornado.release");
        if (Files.isRegularFile(release)) {
            Matcher version = Pattern.compile("version=(\\S+-jdk(\\d+)\\S*)").matcher(Files.readString(release));
            if (version.find()) {
                int running = Runtime.version().feature();
                boolean fits = version.group(2).equals(String.valueOf(running));
                say(
                        out,
                        fits,
                        "SDK's JDK",
                        fits
                                ? version.group(1)
                                : "%s is not for this JDK %d: install the -jdk%d SDK"
                                        .formatted(version.group(1), running, running));
            }
        }
        if (ModuleLayer.boot().findModule("tornado.runtime").isEmpty()) {
            return;
        }
        boolean stops = "false".equalsIgnoreCase(System.getProperty("tornado.recover.bailout"));
        say(
                out,
                stops,
                "bail-out",
                stops
                        ? "off: a kernel that fails ends the run"
                        : "on: kernels that fail would go on as slow Java; add -Dtornado.recover.bailout=False to java");
        String memory = System.getProperty("tornado.device.memory");
        say(
                out,
                memory != null,
                "device memory",
                memory != null
                        ? "TornadoVM may use " + memory
                        : "TornadoVM's default of 4 GB: add -Dtornado.device.memory=<n>GB to java for larger models");
    }

    private static boolean openClDriver() throws IOException {
        if (!Files.isDirectory(OPENCL_DRIVERS)) {
            return false;
        }
        try (Stream<Path> drivers = Files.list(OPENCL_DRIVERS)) {
            List<Path> found =
                    drivers.filter(p -> p.toString().endsWith(".icd")).toList();
            return !found.isEmpty();
        }
    }

    private static void say(PrintWriter out, boolean good, String what, String state) {
        out.println("%-4s %-14s %s".formatted(good ? "ok" : "-", what, state));
    }
}
