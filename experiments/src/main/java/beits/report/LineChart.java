package beits.report;

import java.util.List;
import java.util.Locale;

/**
 * A line chart as SVG text, with the fonts of whoever looks at it.
 *
 * @param title above it
 * @param xLabel under it
 * @param curves its lines, in the order of the colours
 */
public record LineChart(String title, String xLabel, List<Curve> curves) {
    private static final int WIDTH = 460;
    private static final int HEIGHT = 240;
    private static final int LEFT = 56;
    private static final int RIGHT = 14;
    private static final int TOP = 16;
    private static final int BOTTOM = 40;
    private static final List<String> COLOURS = List.of("#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed");

    public LineChart {
        curves = curves.stream().map(Curve::thinned).toList();
    }

    /** Colour of a line. */
    public String colour(int curve) {
        return COLOURS.get(curve % COLOURS.size());
    }

    /** The drawing. */
    public String svg() {
        double minX = extreme(true, true);
        double maxX = extreme(true, false);
        double minY = extreme(false, true);
        double maxY = extreme(false, false);
        if (maxX <= minX) {
            maxX = minX + 1;
        }
        if (maxY <= minY) {
            maxY = minY + Math.max(1e-9, Math.abs(minY) * 0.1);
        }
        double stepY = niceStep((maxY - minY) / 4);
        minY = Math.floor(minY / stepY) * stepY;
        maxY = Math.ceil(maxY / stepY) * stepY;
        StringBuilder svg =
                new StringBuilder("<svg viewBox=\"0 0 %d %d\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\">"
                        .formatted(WIDTH, HEIGHT));
        for (double y = minY; y <= maxY + stepY / 2; y += stepY) {
            double at = py(y, minY, maxY);
            svg.append(text(
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" class=\"grid\"/>", LEFT, WIDTH - RIGHT, at, at));
            svg.append(text("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 6, at + 4, number(y)));
        }
        double stepX = niceStep((maxX - minX) / 5);
        for (double x = Math.ceil(minX / stepX) * stepX; x <= maxX + stepX * 1e-6; x += stepX) {
            svg.append(text(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    px(x, minX, maxX), HEIGHT - BOTTOM + 16, number(x)));
        }
        svg.append(text(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, xLabel));
        for (int i = 0; i < curves.size(); i++) {
            Curve curve = curves.get(i);
            StringBuilder points = new StringBuilder();
            for (int j = 0; j < curve.x().size(); j++) {
                points.append(text(
                        "%.1f,%.1f ",
                        px(curve.x().get(j), minX, maxX), py(curve.y().get(j), minY, maxY)));
            }
            svg.append(
                    "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\" stroke-linejoin=\"round\" points=\"%s\"/>"
                            .formatted(colour(i), points.toString().trim()));
        }
        return svg.append("</svg>").toString();
    }

    private double extreme(boolean alongX, boolean smallest) {
        var values =
                curves.stream().flatMap(c -> (alongX ? c.x() : c.y()).stream()).mapToDouble(Double::doubleValue);
        return (smallest ? values.min() : values.max()).orElse(0);
    }

    private static double px(double x, double min, double max) {
        return LEFT + (x - min) / (max - min) * (WIDTH - LEFT - RIGHT);
    }

    private static double py(double y, double min, double max) {
        return HEIGHT - BOTTOM - (y - min) / (max - min) * (HEIGHT - TOP - BOTTOM);
    }

    private static double niceStep(double rough) {
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double mantissa = rough / power;
        return power * (mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10);
    }

    private static String number(double value) {
        if (value != 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)) {
            return text("%.0e", value);
        }
        String plain = text("%.4f", value);
        return plain.replaceAll("\\.?0+$", "").replaceAll("^-0$", "0");
    }

    private static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
