package beits.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The page of a run folder: its curves, its last evaluation and its recipe. */
public final class RunReport {
    private RunReport() {}

    /** Charts of a metrics file, one for each number that was written. */
    public static List<LineChart> charts(Path metrics) throws IOException {
        Map<String, List<Double>> steps = new LinkedHashMap<>();
        Map<String, List<Double>> values = new LinkedHashMap<>();
        for (JsonNode line : MetricsLog.read(metrics)) {
            double step = line.path("step").asDouble();
            JsonNode source = line.has("evaluation") ? line.get("evaluation") : line;
            String prefix = line.has("evaluation") ? "evaluation: " : "";
            for (Map.Entry<String, JsonNode> entry : source.properties()) {
                String key = entry.getKey();
                if (!key.equals("step")
                        && !key.equals("epoch")
                        && entry.getValue().isNumber()) {
                    steps.computeIfAbsent(prefix + key, _ -> new ArrayList<>()).add(step);
                    values.computeIfAbsent(prefix + key, _ -> new ArrayList<>())
                            .add(entry.getValue().asDouble());
                }
            }
        }
        List<LineChart> charts = new ArrayList<>();
        steps.forEach((name, x) -> {
            List<Double> y = values.getOrDefault(name, List.of());
            if (y.stream().distinct().count() > 1) {
                charts.add(new LineChart(name, "step", List.of(new Curve(name, x, y))));
            }
        });
        return charts;
    }

    /**
     * Writes {@code report.html} into run folders, and returns the pages' files.
     *
     * @param more sections between the curves and the recipe
     */
    public static Path write(Path run, String title, String summary, List<ReportPage.Section> more) throws IOException {
        List<ReportPage.Section> sections = new ArrayList<>();
        List<LineChart> charts = charts(run.resolve("metrics.jsonl"));
        if (!charts.isEmpty()) {
            sections.add(new ReportPage.Heading("Curves", "By optimiser step."));
            sections.add(new ReportPage.Charts(charts));
        }
        sections.addAll(more);
        Path recipe = run.resolve("recipe.yaml");
        if (Files.isRegularFile(recipe)) {
            sections.add(new ReportPage.Heading("Recipe", "As it was run, every field spelled out."));
            sections.add(new ReportPage.Verbatim(Files.readString(recipe)));
        }
        Path page = run.resolve("report.html");
        new ReportPage(title, summary, sections).write(page);
        return page;
    }
}
