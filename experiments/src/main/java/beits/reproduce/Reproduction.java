package beits.reproduce;

import beits.report.ReportPage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Checks claims one after the other and writes the report. */
public final class Reproduction {
    /** Every claim, in the paper's order. */
    public static final List<Claim> CLAIMS =
            List.of(new Table1(), new Table2(), new Table4(), new Figure2(), new LinearProbe());

    private Reproduction() {}

    /**
     * A claim and what became of it.
     *
     * @param claim of the paper
     * @param finding here
     */
    public record Checked(Claim claim, Finding finding) {
        /** The verdict in a line. */
        public String line() {
            return "%-8s %s: %s".formatted(claim.id(), verdict(), finding.result());
        }

        private String verdict() {
            return finding.holds() ? "seen here too" : "not seen here";
        }
    }

    /**
     * Checks claims. The report is written anew after each one, so that a run that is stopped leaves what it has found.
     *
     * @param report file of the page
     * @param heard hears each one as soon as it is known
     */
    public static List<Checked> run(List<Claim> claims, Laboratory laboratory, Path report, Consumer<Checked> heard)
            throws IOException {
        List<Checked> all = new ArrayList<>();
        for (Claim claim : claims) {
            Checked checked = new Checked(claim, claim.check(laboratory));
            all.add(checked);
            page(all, laboratory).write(report);
            heard.accept(checked);
        }
        return all;
    }

    private static ReportPage page(List<Checked> all, Laboratory laboratory) {
        List<ReportPage.Section> sections = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        for (Checked checked : all) {
            rows.add(List.of(
                    checked.claim.place(), checked.claim.statement(), checked.verdict(), checked.finding.result()));
        }
        sections.add(new ReportPage.Table(List.of("where", "the paper", "here", "figures"), rows));
        for (Checked checked : all) {
            sections.add(new ReportPage.Heading(
                    checked.claim.place(), checked.claim.statement() + " Here: " + checked.claim.experiment()));
            sections.addAll(checked.finding.sections());
        }
        return new ReportPage(
                "The claims of BEiT at small scale",
                "What the paper found on ImageNet, tried with a BEiT of width 64 and depth 4 on 28-pixel pictures: %d seed(s), device %s. Small networks can disagree with large ones, so a claim that is not seen here is not refuted."
                        .formatted(
                                laboratory.seeds().length,
                                laboratory.device().description().name()),
                sections);
    }
}
