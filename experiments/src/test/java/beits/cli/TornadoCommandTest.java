package beits.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import beits.device.Devices;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a command on the TornadoVM device says and returns when something is missing or fails, each in a process of its own. */
class TornadoCommandTest {
    private record Ended(int exitCode, List<String> complaints) {}

    @BeforeAll
    static void needsTornadoVm() {
        assumeTrue(
                Devices.families().stream()
                        .anyMatch(provider -> provider.family().equals("tornado")),
                "built without TornadoVM");
    }

    /** Runs a small training step in a JVM with this one's options and more. */
    private static Ended step(String device, List<String> options, Map<String, String> environment)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.startsWith("-javaagent"))
                .toList());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "beits.cli.Main"));
        command.addAll(
                List.of("benchmark", "step", "--model", "tiny", "--depth", "1", "--warmup", "0", "--device", device));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        // The JVM itself remarks that the Vector API is an incubator.
        List<String> complaints = output.lines()
                .filter(line -> !line.startsWith("WARNING: Using incubator"))
                .toList();
        return new Ended(process.waitFor(), complaints);
    }

    @Test
    void withoutAnOpenClPlatformOneLineSaysSo() throws IOException, InterruptedException {
        Ended ended = step("tornado", List.of(), Map.of("OCL_ICD_VENDORS", "/nonexistent"));
        assertThat(ended.complaints()).singleElement().asString().contains("no OpenCL platform; install a driver");
        assertThat(ended.exitCode()).isEqualTo(Main.USER_MISTAKE);
    }

    @Test
    void aDeviceThatIsNotThereIsNamedBesideThoseThatAre() throws IOException, InterruptedException {
        Ended ended = step("tornado:0:9", List.of(), Map.of());
        assertThat(ended.complaints())
                .singleElement()
                .asString()
                .contains("tornado:0:9: not there; there are [tornado:0:0");
        assertThat(ended.exitCode()).isEqualTo(Main.USER_MISTAKE);
    }

    @Test
    void tooLittleDeviceMemoryIsRefusedWithWhatItTakes() throws IOException, InterruptedException {
        Ended ended = step("tornado", List.of("-Dtornado.device.memory=1MB"), Map.of());
        assertThat(ended.complaints()).singleElement().asString().contains("BEITS_OPTS=-Dtornado.device.memory=");
        assertThat(ended.exitCode()).isEqualTo(Main.USER_MISTAKE);
    }

    @Test
    void aKernelThatFailsInTheMiddleEndsTheRun() throws IOException, InterruptedException {
        // The optimiser's kernel is the last of a step; its name becomes a mistake that the driver's compiler refuses.
        Ended ended = step("tornado", List.of("-Dtornado.opencl.compiler.flags=-DadamWStep=-"), Map.of());
        assertThat(ended.complaints())
                .anySatisfy(line -> assertThat(line).startsWith("beits: device tornado:0:0: TornadoVM failed"));
        assertThat(ended.complaints()).noneSatisfy(line -> assertThat(line).startsWith("\tat "));
        assertThat(ended.exitCode()).isEqualTo(Main.FAILED);
    }
}
