package beits.report;

import beits.train.BestModel;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The best evaluation of a run beside its last, which stays the result: who chooses a model by test pictures flatters it. */
public final class BestResult {
    private BestResult() {}

    /**
     * What a line of results says of it, to be put behind that of the last: nothing when nothing was kept.
     *
     * @param measure its name
     */
    public static String behind(String measure, BestModel.@Nullable Best best) {
        return best == null
                ? ""
                : "; best %s %s at epoch %s: %s"
                        .formatted(measure, ClassificationReport.percent(best.value()), epoch(best), best.file());
    }

    /** Its figure in a report, if something was kept. */
    public static List<ReportPage.Figure> figures(String measure, BestModel.@Nullable Best best) {
        return best == null
                ? List.of()
                : List.of(new ReportPage.Figure(
                        ClassificationReport.percent(best.value()),
                        "best %s, at epoch %s (%s): chosen on these pictures, so it flatters"
                                .formatted(measure, epoch(best), best.file().getFileName())));
    }

    private static String epoch(BestModel.Best best) {
        return new DecimalFormat("0.##", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(best.epoch());
    }
}
