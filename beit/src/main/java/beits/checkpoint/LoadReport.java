package beits.checkpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An account of every tensor of a load: each one of the file and each one of the model stands on at least one line.
 *
 * @param source name of the file
 * @param layout what its names are, for example {@code official layout}
 * @param tensors number of tensors in the file
 * @param lines what became of each
 */
public record LoadReport(String source, String layout, int tensors, List<Line> lines) {
    private static final int NAMES_SHOWN = 8;

    public LoadReport {
        lines = List.copyOf(lines);
    }

    /** What became of a tensor. */
    public enum Outcome {
        /** Taken as it is. */
        LOADED,
        /** Taken under another name, or put together from parts. */
        RENAMED,
        /** The table shared by all blocks, copied into each. */
        CONVERTED,
        /** Positions interpolated to another grid. */
        RESIZED,
        /** In the file and not in the model, for a reason. */
        DROPPED,
        /** In the model and not in the file: keeps its fresh start values. */
        NEW
    }

    /**
     * One tensor.
     *
     * @param outcome what became of it
     * @param name in the model; for a dropped one in the file
     * @param shape in the model; for a dropped one in the file
     * @param note where it came from or why it was dropped; may be empty
     */
    public record Line(Outcome outcome, String name, List<Long> shape, String note) {
        public Line {
            shape = List.copyOf(shape);
        }
    }

    /** The lines of one outcome. */
    public List<Line> of(Outcome outcome) {
        return lines.stream().filter(line -> line.outcome() == outcome).toList();
    }

    /** Several lines of text: a heading, then counts and names by outcome. Equal tensors of all blocks share an entry. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("%s: %s, %d tensors".formatted(source, layout, tensors));
        for (Outcome outcome : Outcome.values()) {
            List<Line> chosen = of(outcome);
            if (chosen.isEmpty()) {
                continue;
            }
            text.append("\n  %-9s %4d".formatted(outcome.name().toLowerCase(Locale.ROOT), chosen.size()));
            if (outcome != Outcome.LOADED) {
                text.append("  ").append(String.join("; ", grouped(chosen)));
            }
        }
        return text.toString();
    }

    private static List<String> grouped(List<Line> lines) {
        Map<String, Map<String, Integer>> byNote = new LinkedHashMap<>();
        for (Line line : lines) {
            byNote.computeIfAbsent(anyBlock(line.note()), _ -> new LinkedHashMap<>())
                    .merge(anyBlock(line.name()), 1, Integer::sum);
        }
        List<String> entries = new ArrayList<>();
        byNote.forEach((note, names) -> {
            List<String> shown = new ArrayList<>();
            names.forEach((name, count) -> shown.add(count == 1 ? name : name + " x" + count));
            int more = shown.size() - NAMES_SHOWN;
            String list = String.join(", ", shown.subList(0, Math.min(NAMES_SHOWN, shown.size())))
                    + (more > 0 ? " and " + more + " more" : "");
            entries.add(note.isEmpty() ? list : list + ": " + note);
        });
        return entries;
    }

    private static String anyBlock(String text) {
        return text.replaceAll("\\b(blocks|layer)\\.\\d+\\.", "$1.*.");
    }
}
