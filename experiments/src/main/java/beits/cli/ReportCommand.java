package beits.cli;

import beits.report.RunReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code beits report}. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Writes report.html of run folders again, also while they run, and prints where it is.")
final class ReportCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "RUN", description = "folders of runs")
    private List<Path> runs = new ArrayList<>();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        for (Path run : runs) {
            if (!Files.isRegularFile(run.resolve("metrics.jsonl"))) {
                throw new UserException("%s: is no run folder; it has no metrics.jsonl".formatted(run));
            }
        }
        for (Path run : runs) {
            Path page = RunReport.write(
                    run, "Run " + run.toAbsolutePath().normalize().getFileName(), "", List.of());
            Streams.out(spec).println(page);
        }
        return 0;
    }
}
