package beits.report;

import beits.data.ClassColours;
import java.util.List;
import java.util.Locale;

/** Which colour a class has in overlays. */
final class ClassKey {
    private static final int ACROSS = 5;
    private static final int COLUMN = 190;
    private static final int ROW = 24;
    private static final int SWATCH = 14;

    private ClassKey() {}

    /** A swatch and a name for each class, in label order. */
    static ReportPage.Section section(List<String> names) {
        int rows = (names.size() + ACROSS - 1) / ACROSS;
        int width = Math.min(names.size(), ACROSS) * COLUMN;
        StringBuilder svg = new StringBuilder(
                "<svg viewBox=\"0 0 %1$d %2$d\" width=\"%1$d\" role=\"img\" aria-label=\"colours of the classes\" xmlns=\"http://www.w3.org/2000/svg\">"
                        .formatted(width, rows * ROW));
        for (int c = 0; c < names.size(); c++) {
            int x = c % ACROSS * COLUMN;
            int y = c / ACROSS * ROW;
            svg.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\" fill=\"#%02x%02x%02x\"/><text x=\"%d\" y=\"%d\">%s</text>",
                    x,
                    y + (ROW - SWATCH) / 2,
                    SWATCH,
                    SWATCH,
                    ClassColours.channel(c, 0),
                    ClassColours.channel(c, 1),
                    ClassColours.channel(c, 2),
                    x + SWATCH + 8,
                    y + ROW / 2 + 4,
                    ConfusionMatrix.escaped(ConfusionMatrix.shortened(names.get(c)))));
        }
        return new ReportPage.Drawing(svg.append("</svg>").toString());
    }
}
