package beits.reproduce;

import beits.report.ReportPage;
import java.util.List;

/**
 * What an experiment came to.
 *
 * @param holds whether what the paper claims was seen here too
 * @param result the figures in one sentence
 * @param sections tables, curves and pictures for the report
 */
public record Finding(boolean holds, String result, List<ReportPage.Section> sections) {
    public Finding {
        sections = List.copyOf(sections);
    }
}
