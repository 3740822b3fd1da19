package beits.report;

import beits.image.Image;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Which class was taken for which: rows are labels, columns predictions; the darker a cell, the larger its share of the row.
 *
 * @param classNames in label order
 * @param counts pictures [label][prediction]
 */
@SuppressWarnings("ArrayRecordComponent") // read only to be drawn; matrices are never compared
public record ConfusionMatrix(List<String> classNames, int[][] counts) {
    /** Beyond this many classes neither names nor numbers could be read. */
    private static final int LARGEST_DRAWN = 40;

    private static final int CELL = 38;
    private static final int CHARACTER = 7;
    private static final int LONGEST_NAME = 22;
    private static final int GAP = 8;

    public ConfusionMatrix {
        classNames = List.copyOf(classNames);
        if (counts.length != classNames.size()) {
            throw new IllegalArgumentException(
                    "%d rows of counts for %d classes".formatted(counts.length, classNames.size()));
        }
    }

    /** As a part of a page: a drawing with names and numbers, or for very many classes a picture of one pixel a cell. */
    public ReportPage.Section section() {
        return classNames.size() <= LARGEST_DRAWN
                ? new ReportPage.Drawing(svg())
                : new ReportPage.Grid(List.of("rows: labels, columns: predictions"), List.of(List.of(picture())));
    }

    /** The drawing. */
    public String svg() {
        int classes = classNames.size();
        int longest =
                classNames.stream().mapToInt(n -> shortened(n).length()).max().orElse(0);
        int margin = longest * CHARACTER + GAP;
        int width = margin + classes * CELL + margin;
        int height = margin + classes * CELL + GAP;
        StringBuilder svg =
                new StringBuilder(text("<svg viewBox=\"0 0 %d %d\" width=\"%d\" role=\"img\" ", width, height, width)
                        + "aria-label=\"confusion matrix\" xmlns=\"http://www.w3.org/2000/svg\">");
        for (int c = 0; c < classes; c++) {
            String name = escaped(shortened(classNames.get(c)));
            int centre = margin + c * CELL + CELL / 2;
            svg.append(text("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", margin - GAP, centre + 4, name));
            svg.append(
                    text("<text transform=\"translate(%d %d) rotate(-50)\">%s</text>", centre + 4, margin - GAP, name));
        }
        for (int label = 0; label < classes; label++) {
            for (int c = 0; c < classes; c++) {
                double share = share(label, c);
                int x = margin + c * CELL;
                int y = margin + label * CELL;
                svg.append(text(
                        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\" fill=\"#%06x\"/>",
                        x, y, CELL - 2, CELL - 2, colour(share)));
                if (counts[label][c] > 0) {
                    svg.append(text(
                            "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" style=\"fill:%s\">%d</text>",
                            x + CELL / 2 - 1, y + CELL / 2 + 3, share > 0.5 ? "#fff" : "#1c2430", counts[label][c]));
                }
            }
        }
        return svg.append("</svg>").toString();
    }

    private Image picture() {
        int classes = classNames.size();
        byte[] pixels = new byte[classes * classes * 3];
        for (int label = 0; label < classes; label++) {
            for (int c = 0; c < classes; c++) {
                int colour = colour(share(label, c));
                int at = (label * classes + c) * 3;
                pixels[at] = (byte) (colour >> 16);
                pixels[at + 1] = (byte) (colour >> 8);
                pixels[at + 2] = (byte) colour;
            }
        }
        return new Image(classes, classes, 3, pixels);
    }

    private double share(int label, int prediction) {
        int total = Arrays.stream(counts[label]).sum();
        return total == 0 ? 0 : (double) counts[label][prediction] / total;
    }

    /** From nearly white to the blue of the charts. */
    private static int colour(double share) {
        int red = (int) Math.round(0xf0 + (0x25 - 0xf0) * share);
        int green = (int) Math.round(0xf3 + (0x63 - 0xf3) * share);
        int blue = (int) Math.round(0xf8 + (0xeb - 0xf8) * share);
        return red << 16 | green << 8 | blue;
    }

    static String shortened(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "…";
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
