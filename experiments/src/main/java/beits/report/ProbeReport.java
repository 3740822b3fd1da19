package beits.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The sections of a page about what the layers of a frozen encoder know of the classes. */
public final class ProbeReport {
    private ProbeReport() {}

    /**
     * One kind of probe on every layer.
     *
     * @param name such as {@code linear probe}
     * @param mean top-1 from the mean of the patches, layer 1 first
     * @param classToken top-1 from the class token
     */
    public record Measured(String name, List<Double> mean, List<Double> classToken) {
        public Measured {
            mean = List.copyOf(mean);
            classToken = List.copyOf(classToken);
        }

        /** The layer, counted from 1, whose better one of the two is best; the lowest of equals. */
        public int bestLayer() {
            int best = 0;
            for (int i = 1; i < mean.size(); i++) {
                best = top1(i) > top1(best) ? i : best;
            }
            return best + 1;
        }

        /** The top-1 there. */
        public double best() {
            return top1(bestLayer() - 1);
        }

        private double top1(int index) {
            return Math.max(mean.get(index), classToken.get(index));
        }
    }

    /** The best layers, curves by layer, and all numbers. */
    public static List<ReportPage.Section> sections(List<Measured> probes) {
        List<ReportPage.Figure> figures = new ArrayList<>();
        List<LineChart> charts = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("layer"));
        for (Measured probe : probes) {
            figures.add(new ReportPage.Figure(
                    percent(probe.best()), "%s, best at layer %d".formatted(probe.name, probe.bestLayer())));
            List<Double> layers = IntStream.rangeClosed(1, probe.mean.size())
                    .mapToObj(Double::valueOf)
                    .toList();
            charts.add(new LineChart(
                    probe.name + ", top-1 in %",
                    "layer",
                    List.of(
                            new Curve("mean of patches", layers, percents(probe.mean)),
                            new Curve("class token", layers, percents(probe.classToken)))));
            head.add(probe.name + ", mean of patches");
            head.add(probe.name + ", class token");
        }
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < probes.getFirst().mean.size(); i++) {
            List<String> row = new ArrayList<>(List.of(Integer.toString(i + 1)));
            for (Measured probe : probes) {
                row.add(percent(probe.mean.get(i)));
                row.add(percent(probe.classToken.get(i)));
            }
            rows.add(row);
        }
        return List.of(
                new ReportPage.Figures(figures),
                new ReportPage.Heading("By layer", "Top-1 on the test pictures from the frozen output of each block."),
                new ReportPage.Charts(charts),
                new ReportPage.Table(head, rows));
    }

    private static List<Double> percents(List<Double> shares) {
        return shares.stream().map(s -> 100 * s).toList();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
