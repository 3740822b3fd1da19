package beits.report;

import beits.classification.Accuracy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The sections of a page about a classifier: accuracy, every class, which was taken for which. */
public final class ClassificationReport {
    private ClassificationReport() {}

    /**
     * The sections.
     *
     * @param accuracy of the weights as they were trained
     * @param averaged of their moving average, or none
     * @param best figures of {@link BestResult}
     */
    public static List<ReportPage.Section> sections(
            List<String> classNames, Accuracy accuracy, @Nullable Accuracy averaged, List<ReportPage.Figure> best) {
        List<ReportPage.Figure> figures = new ArrayList<>();
        figures.add(new ReportPage.Figure(
                percent(accuracy.top1()), "top-1 on %d test pictures".formatted(accuracy.pictures())));
        figures.add(new ReportPage.Figure(percent(accuracy.top5()), "top-5"));
        if (averaged != null) {
            figures.add(new ReportPage.Figure(percent(averaged.top1()), "top-1 of the averaged weights (EMA)"));
            figures.add(new ReportPage.Figure(percent(averaged.top5()), "top-5 of the averaged weights"));
        }
        figures.addAll(best);
        int[][] confusion = accuracy.confusion();
        List<String> head = new ArrayList<>(List.of("class", "pictures", "accuracy"));
        if (averaged != null) {
            head.add("averaged weights");
        }
        head.add("most often taken for");
        List<List<String>> rows = new ArrayList<>();
        for (int label = 0; label < classNames.size(); label++) {
            List<String> row = new ArrayList<>();
            row.add(classNames.get(label));
            row.add(Integer.toString(accuracy.pictures(label)));
            row.add(percent(accuracy.top1(label)));
            if (averaged != null) {
                row.add(percent(averaged.top1(label)));
            }
            row.add(mistakenFor(label, confusion[label], classNames));
            rows.add(row);
        }
        return List.of(
                new ReportPage.Figures(figures),
                new ReportPage.Heading("Classes", "On the test pictures."),
                new ReportPage.Table(head, rows),
                new ReportPage.Heading(
                        "Confusion", "Rows are labels, columns predictions; the shade is the share of the row."),
                new ConfusionMatrix(classNames, confusion).section());
    }

    private static String mistakenFor(int label, int[] predictions, List<String> classNames) {
        int most = -1;
        for (int c = 0; c < predictions.length; c++) {
            if (c != label && predictions[c] > (most < 0 ? 0 : predictions[most])) {
                most = c;
            }
        }
        return most < 0 ? "" : "%s (%d)".formatted(classNames.get(most), predictions[most]);
    }

    /** A share with one decimal. */
    public static String percent(double share) {
        return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
