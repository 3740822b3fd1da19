package beits.report;

import beits.image.Image;
import beits.segmentation.MeanIou;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Sections of a report about a segmentation model. */
public final class SegmentationReport {
    private SegmentationReport() {}

    /**
     * The means, test pictures under their true and predicted classes, and every class.
     *
     * @param best figures of {@link BestResult}
     * @param overlays rows of picture, truth and prediction
     */
    public static List<ReportPage.Section> sections(
            MeanIou metrics, List<ReportPage.Figure> best, List<String> names, List<List<Image>> overlays) {
        List<ReportPage.Figure> figures = new ArrayList<>(List.of(
                new ReportPage.Figure(percent(metrics.meanIou()), "mean IoU on the test pictures"),
                new ReportPage.Figure(percent(metrics.meanAccuracy()), "mean accuracy of the classes"),
                new ReportPage.Figure(percent(metrics.pixelAccuracy()), "pixel accuracy")));
        figures.addAll(best);
        double[] iou = metrics.iouPerClass();
        double[] accuracy = metrics.accuracyPerClass();
        List<List<String>> rows = new ArrayList<>();
        for (int c = 0; c < names.size(); c++) {
            rows.add(List.of(names.get(c), percent(iou[c]), percent(accuracy[c])));
        }
        return List.of(
                new ReportPage.Figures(figures),
                new ReportPage.Heading(
                        "Pictures", "Test pictures under their true and their predicted classes; white is ignored."),
                ClassKey.section(names),
                new ReportPage.Grid(List.of("picture", "truth", "prediction"), overlays),
                new ReportPage.Heading("By class", "Intersection over union, and share of the pixels that are right."),
                new ReportPage.Table(List.of("class", "IoU", "right"), rows));
    }

    /** The means in one line. */
    public static String summary(MeanIou metrics) {
        return "mean IoU %s, mean accuracy %s, pixel accuracy %s"
                .formatted(
                        percent(metrics.meanIou()), percent(metrics.meanAccuracy()), percent(metrics.pixelAccuracy()));
    }

    /** A share as a percentage with one decimal; a dash for what does not occur. */
    private static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
