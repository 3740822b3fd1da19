package beits.report;

import beits.image.Image;
import beits.job.Reconstruction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Sections of a report about a tokenizer. */
public final class TokenizerReport {
    private static final int ROWS = 4;
    private static final int ACROSS = 3;
    private static final List<String> PAIR = List.of("original", "from its tokens");

    private TokenizerReport() {}

    /** How many words are used and how well pictures come back, and the first pictures beside what came back. */
    public static List<ReportPage.Section> sections(Reconstruction.Result result) {
        int across = Math.min(ACROSS, result.pictures().size());
        List<List<Image>> rows = new ArrayList<>();
        for (int first = 0; first + across <= result.pictures().size() && rows.size() < ROWS; first += across) {
            rows.add(result.pictures().subList(first, first + across).stream()
                    .<Image>mapMulti((picture, row) -> {
                        row.accept(picture.seen());
                        row.accept(picture.rebuilt());
                    })
                    .toList());
        }
        List<String> columns =
                Collections.nCopies(across, PAIR).stream().flatMap(List::stream).toList();
        return List.of(
                new ReportPage.Figures(List.of(
                        new ReportPage.Figure(
                                "%d / %d"
                                        .formatted(
                                                result.use().used(),
                                                result.use().words()),
                                "visual words in use"),
                        new ReportPage.Figure(
                                String.format(Locale.ROOT, "%.0f", result.use().perplexity()),
                                "perplexity of the words"),
                        new ReportPage.Figure(
                                String.format(Locale.ROOT, "%.3f", result.mae()), "mean absolute error of a pixel"))),
                new ReportPage.Heading(
                        "Pictures",
                        "What comes back from the visual tokens. The figures are of %d pictures: test pictures where the data has some."
                                .formatted(result.pictures().size())),
                new ReportPage.Grid(columns, rows));
    }

    /** Words and error in one line. */
    public static String summary(Reconstruction.Result result) {
        return String.format(
                Locale.ROOT,
                "%d of %d words in use on %d pictures, perplexity %.0f, mean absolute error %.3f",
                result.use().used(),
                result.use().words(),
                result.pictures().size(),
                result.use().perplexity(),
                result.mae());
    }
}
