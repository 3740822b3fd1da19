package beits.benchmark;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** What the {@code cpu} device is meant to reach, command by command, and the table of what it does reach. */
public final class TargetTable {
    private static final String HEAD =
            "| work | BEITS | peer | ratio, middle half of the rounds | target | |\n|---|---|---|---|---|---|\n";

    /** The commands behind {@code beits benchmark}, without {@code --json}, and the rows that their results make. */
    private static final Map<String, Function<JsonNode, List<Row>>> COMMANDS = ordered(
            command(
                    "kernels --only MatMul --threads 1 --peer openblas",
                    r -> List.of(
                            peak("15 SGEMM shapes of BEiT-base, one core, share of measured FMA peak", r, 0.90),
                            products("the same beside OpenBLAS", layers(r), 1.03, 0.98))),
            command(
                    "kernels --only MatMul --peer openblas",
                    r -> List.of(
                            products("15 SGEMM shapes of BEiT-base, two cores", layers(r), 1.03, 0.98),
                            products("products of one head, 197x197x64 and 197x64x197", heads(r), 1, 1))),
            command(
                    "kernels --model tiny --batch 64 --only MatMul --peer openblas",
                    r -> List.of(
                            products("15 SGEMM shapes of the tiny model", layers(r), 1, 1),
                            products("products of one head of it, 50x50x32 and 50x32x50", heads(r), 1, 1))),
            command(
                    "kernels --only Attention --peer libtorch",
                    r -> List.of(products("attention, 48 heads of 197x64 with bias, whole", forward(r), 1, 1))),
            command(
                    "kernels --model tiny --batch 64 --only Attention --peer libtorch",
                    r -> List.of(products("attention, 256 heads of 50x32 with bias, whole", forward(r), 1, 1))),
            command(
                    "step --model base --batch 4 --peer libtorch",
                    r -> List.of(
                            images("BEiT-base MIM step, batch 4", r, 1.15),
                            memory("the same, resident memory at most", r, 0.7))),
            command(
                    "step --model base --batch 8 --peer libtorch",
                    r -> List.of(images("BEiT-base MIM step, batch 8", r, 1.15))),
            command(
                    "infer --model base --batch 8 --peer libtorch",
                    r -> List.of(images("BEiT-base classifier, inference, batch 8", r, 1.2))),
            command(
                    "step --model tiny --batch 64 --peer libtorch",
                    r -> List.of(images("tiny MIM step (28x28, patch 4, width 128, depth 4), batch 64", r, 1.3))),
            command(
                    "tokenizer --model dall-e --work encode --batch 4 --peer libtorch",
                    r -> List.of(images("DALL-E's encoder, 112x112, batch 4", r, 1))),
            command(
                    "tokenizer --model dvae --work encode --batch 16 --peer libtorch",
                    r -> List.of(images("dVAE's encoder, 112x112, 8192 words, batch 16", r, 1))),
            command(
                    "tokenizer --model dvae --work train --batch 16 --peer libtorch",
                    r -> List.of(images("dVAE training step, 112x112, 8192 words, batch 16", r, 1))),
            command(
                    "start",
                    r -> List.of(
                            seconds("from process start to the end of the first tiny step", "firstStep", r, 2),
                            seconds("./beits --help", "help", r, 0.5))));

    private TargetTable() {}

    /**
     * A line of the table.
     *
     * @param work what is measured
     * @param ours our figure
     * @param peer the peer's
     * @param ratio with its spread
     * @param target what it should be
     * @param met whether it is
     */
    record Row(String work, String ours, String peer, String ratio, String target, boolean met) {
        @Override
        public String toString() {
            return "| %s | %s | %s | %s | %s | %s |\n"
                    .formatted(work, ours, peer, ratio, target, met ? "met" : "**missed**");
        }
    }

    /** The commands, in order. */
    public static List<String> commands() {
        return List.copyOf(COMMANDS.keySet());
    }

    /**
     * The table in Markdown, with the commands that have a result.
     *
     * @param results of commands, as printed with {@code --json}
     */
    public static String markdown(Map<String, JsonNode> results) {
        StringBuilder text = new StringBuilder(HEAD);
        COMMANDS.forEach((command, rows) -> {
            JsonNode result = results.get(command);
            if (result != null) {
                text.append("| `%s` | | | | | |\n".formatted(command));
                rows.apply(result).forEach(text::append);
            }
        });
        return text.toString();
    }

    private static Row images(String work, JsonNode r, double target) {
        double ratio = r.get("ratio").asDouble();
        return new Row(
                work,
                speed(r, ""),
                speed(r, "other") + ", " + r.get("other").asString(),
                format(
                        "**%.2fx** (%.2f to %.2f)",
                        ratio, r.get("ratioLow").asDouble(), r.get("ratioHigh").asDouble()),
                format("%.2fx", target),
                ratio >= target);
    }

    private static String speed(JsonNode r, String side) {
        return format(
                "%.4g ms, %.4g images/s",
                1e3 * r.get(side.isEmpty() ? "seconds" : side + "Seconds").asDouble(),
                r.get(side.isEmpty() ? "imagesPerSecond" : side + "ImagesPerSecond")
                        .asDouble());
    }

    private static Row memory(String work, JsonNode r, double target) {
        double ours = r.get("peakResident").asDouble();
        double theirs = r.get("otherPeakResident").asDouble();
        return new Row(
                work,
                format("%.2f GB", ours / 1e9),
                format("%.2f GB", theirs / 1e9),
                format("**%.2fx**", ours / theirs),
                format("at most %.1fx", target),
                ours <= target * theirs);
    }

    private static Row seconds(String work, String field, JsonNode r, double target) {
        double median = r.get(field + "Seconds").asDouble();
        return new Row(
                work,
                format(
                        "**%.2f s** (%.2f to %.2f)",
                        median,
                        r.get(field + "SecondsLow").asDouble(),
                        r.get(field + "SecondsHigh").asDouble()),
                "",
                "",
                format("at most %.1f s", target),
                median <= target);
    }

    private static Row peak(String work, JsonNode r, double target) {
        Timing shares = each(layers(r), "share");
        return new Row(
                work,
                format("**%.2f** median, lowest %.2f", shares.median(), shares.quantile(0)),
                format("%.0f GFLOP/s", r.get("peakFlops").asDouble() / 1e9),
                "",
                format("all at least %.2f", target),
                shares.quantile(0) >= target);
    }

    private static Row products(String work, List<JsonNode> kernels, double median, double lowest) {
        Timing ratios = each(kernels, "ratio");
        String best = kernels.getFirst().get("other").asString();
        return new Row(
                work,
                kernels.size() == 1
                        ? format(
                                "%.3f ms",
                                1e3 * kernels.getFirst().get("seconds").asDouble())
                        : "",
                best
                        + (kernels.size() == 1
                                ? format(
                                        ", %.3f ms",
                                        1e3
                                                * kernels.getFirst()
                                                        .get("otherSeconds")
                                                        .asDouble())
                                : ""),
                kernels.size() == 1
                        ? format("**%.2fx**", ratios.median())
                        : format(
                                "**%.2fx** median, %.2f lowest, %.2f highest",
                                ratios.median(), ratios.quantile(0), ratios.quantile(1)),
                median == lowest
                        ? format("all at least %.2fx", median)
                        : format("median %.2fx, none below %.2fx", median, lowest),
                ratios.median() >= median && ratios.quantile(0) >= lowest);
    }

    private static Timing each(List<JsonNode> kernels, String field) {
        return new Timing(
                kernels.stream().mapToDouble(k -> k.get(field).asDouble()).toArray());
    }

    private static List<JsonNode> layers(JsonNode r) {
        return kernels(r).filter(k -> !name(k).startsWith("head ")).toList();
    }

    private static List<JsonNode> heads(JsonNode r) {
        return kernels(r).filter(k -> name(k).startsWith("head ")).toList();
    }

    private static List<JsonNode> forward(JsonNode r) {
        return kernels(r).filter(k -> k.has("ratio")).toList();
    }

    private static Stream<JsonNode> kernels(JsonNode r) {
        return StreamSupport.stream(r.get("kernels").spliterator(), false);
    }

    private static String name(JsonNode kernel) {
        return kernel.get("kernel").asString();
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    private static Map.Entry<String, Function<JsonNode, List<Row>>> command(
            String arguments, Function<JsonNode, List<Row>> rows) {
        return Map.entry(arguments, rows);
    }

    @SafeVarargs
    private static Map<String, Function<JsonNode, List<Row>>> ordered(
            Map.Entry<String, Function<JsonNode, List<Row>>>... commands) {
        Map<String, Function<JsonNode, List<Row>>> all = new LinkedHashMap<>();
        for (Map.Entry<String, Function<JsonNode, List<Row>>> command : commands) {
            all.put(command.getKey(), command.getValue());
        }
        return all;
    }
}
