package beits.cli;

import beits.conformance.CaseResult;
import beits.conformance.Conformance;
import beits.device.Device;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code beits conformance}. */
@Command(
        name = "conformance",
        mixinStandardHelpOptions = true,
        description = {
            "Proves that a device computes right.",
            "Runs every golden case under a folder (numbers of the official code), prints one line a case with its"
                    + " largest error, tolerance and verdict, and fails if any case does."
        })
final class ConformanceCommand implements Callable<Integer> {
    @Mixin
    private CommonOptions common = new CommonOptions();

    @Parameters(
            paramLabel = "DIR",
            description = "folder that holds cases at any depth; a case is a folder with a case.json")
    private Path folder = Path.of("");

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = Streams.out(spec);
        try (Device device = common.open()) {
            List<CaseResult> results = Conformance.run(folder, device, result -> out.println(result.line()));
            out.println(Conformance.summary(results));
            return results.stream().allMatch(CaseResult::passed) ? 0 : Main.FAILED;
        }
    }
}
