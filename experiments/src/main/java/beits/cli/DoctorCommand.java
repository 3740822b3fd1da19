package beits.cli;

import beits.device.DeviceDescription;
import beits.device.DeviceException;
import beits.device.DeviceProvider;
import beits.device.Devices;
import beits.device.OpenCl;
import beits.image.TurboJpeg;
import beits.job.Pictures;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
            int platforms = OpenCl.platforms();
            say(
                    out,
                    platforms > 0,
                    "OpenCL",
                    platforms > 0
                            ? platforms + (platforms == 1 ? " platform" : " platforms")
                            : "no platform: install your GPU's driver, or pocl-opencl-icd for the processor");
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
        boolean goesOn = "true".equalsIgnoreCase(System.getProperty("tornado.recover.bailout"));
        say(
                out,
                !goesOn,
                "bail-out",
                goesOn
                        ? "on: kernels that fail would go on as slow Java; take -Dtornado.recover.bailout=True away"
                        : "off: a kernel that fails ends the run");
        String memory = System.getProperty("tornado.device.memory");
        if (memory != null) {
            say(out, true, "device memory", "TornadoVM may use " + memory);
        }
    }

    private static void say(PrintWriter out, boolean good, String what, String state) {
        out.println("%-4s %-14s %s".formatted(good ? "ok" : "-", what, state));
    }
}
