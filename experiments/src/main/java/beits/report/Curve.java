package beits.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A line of a chart.
 *
 * @param name in the legend
 * @param x positions in rising order
 * @param y values
 */
public record Curve(String name, List<Double> x, List<Double> y) {
    private static final int LARGEST = 400;

    public Curve {
        if (x.size() != y.size()) {
            throw new IllegalArgumentException("%d positions for %d values".formatted(x.size(), y.size()));
        }
        x = List.copyOf(x);
        y = List.copyOf(y);
    }

    /** The curve with neighbouring points averaged until there are at most {@value #LARGEST}. */
    public Curve thinned() {
        int group = (x.size() + LARGEST - 1) / LARGEST;
        if (group <= 1) {
            return this;
        }
        List<Double> fewX = new ArrayList<>();
        List<Double> fewY = new ArrayList<>();
        for (int start = 0; start < x.size(); start += group) {
            int end = Math.min(start + group, x.size());
            fewX.add(x.subList(start, end).stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElseThrow());
            fewY.add(y.subList(start, end).stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElseThrow());
        }
        return new Curve(name, fewX, fewY);
    }
}
