package beits.conformance;

import beits.device.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Runs golden cases on a device. It takes any case of the golden layout, not a fixed list. */
public final class Conformance {
    private static final Map<String, CaseRunner> RUNNERS = Map.ofEntries(
            Map.entry("mim", new MimCases()),
            Map.entry("cls", new ClassifierCases()),
            Map.entry("base_shape", new BaseShapeCases()),
            Map.entry("dvae_train", new DiscreteVaeCases()),
            Map.entry("dalle", new DallECases()),
            Map.entry("schedules", new ScheduleCases()),
            Map.entry("init", new InitCases()),
            Map.entry("metrics", new MetricCases()),
            Map.entry("posembed", new PositionCases()),
            Map.entry("checkpoints", new CheckpointCases()),
            Map.entry("masking", new MaskingCases()),
            Map.entry("preprocess", new PictureCases()),
            Map.entry("seg", new SegmentationCases()));

    private Conformance() {}

    /**
     * Runs every case under a folder. A case that cannot be read or run counts as failed.
     *
     * @param folder searched to any depth for folders with a {@code case.json}
     * @param device what computes
     * @param listener hears each result as soon as it is known
     * @return the results in the order of the folders' names
     * @throws IllegalArgumentException when there is no such folder or it holds no case
     * @throws IOException when the folder cannot be searched
     */
    public static List<CaseResult> run(Path folder, Device device, Consumer<CaseResult> listener) throws IOException {
        List<CaseResult> results = new ArrayList<>();
        for (Path path : find(folder)) {
            CaseResult result = run(path, device);
            results.add(result);
            listener.accept(result);
        }
        return results;
    }

    /** {@code N passed, M failed}. */
    public static String summary(List<CaseResult> results) {
        long passed = results.stream().filter(CaseResult::passed).count();
        return passed + " passed, " + (results.size() - passed) + " failed";
    }

    /** The folders of all cases under a folder: those with a description or with expected values. */
    private static Set<Path> find(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IllegalArgumentException(folder + ": no such folder; give one that holds golden cases");
        }
        Set<Path> cases = new TreeSet<>();
        try (Stream<Path> files = Files.walk(folder)) {
            files.filter(file -> file.endsWith(GoldenCase.DESCRIPTION) || file.endsWith("expected.safetensors"))
                    .forEach(file -> cases.add(file.toAbsolutePath().normalize().getParent()));
        }
        if (cases.isEmpty()) {
            throw new IllegalArgumentException(
                    folder + ": holds no golden case; a case is a folder with a " + GoldenCase.DESCRIPTION);
        }
        return cases;
    }

    private static CaseResult run(Path folder, Device device) {
        String name = GoldenCase.shortName(folder);
        try {
            GoldenCase golden = GoldenCase.read(folder);
            name = golden.name();
            Judge judge = new Judge(golden, new Tolerances(device.description().precision()));
            CaseRunner runner = RUNNERS.get(golden.group());
            if (runner == null) {
                throw new IllegalArgumentException("cases of kind " + golden.group() + " are unknown; known are "
                        + new TreeSet<>(RUNNERS.keySet()));
            }
            runner.run(golden, device, judge);
            return judge.verdict();
        } catch (IOException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
            return new CaseResult(name, false, 0, "cannot be run", Double.NaN, 0, reason(e));
        }
    }

    private static String reason(Throwable e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        String named = e instanceof IOException || e instanceof IllegalArgumentException
                ? message
                : e.getClass().getSimpleName() + ": " + message;
        return named.lines().findFirst().orElse(e.toString());
    }
}
