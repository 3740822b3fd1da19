package beits.report;

import beits.checkpoint.AtomicFile;
import beits.image.Image;
import beits.image.PngWriter;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/**
 * A page that opens offline: text, curves as inline SVG, pictures as embedded PNG.
 *
 * @param title of the page
 * @param summary one paragraph under it
 * @param sections from top to bottom
 */
public record ReportPage(String title, String summary, List<Section> sections) {
    public ReportPage {
        sections = List.copyOf(sections);
    }

    /** A part of the page. */
    public sealed interface Section {}

    /** A heading with a paragraph. */
    public record Heading(String title, String text) implements Section {}

    /** Large numbers side by side. */
    public record Figures(List<Figure> figures) implements Section {}

    /** One large number and what it is. */
    public record Figure(String value, String label) {}

    /** Charts side by side. */
    public record Charts(List<LineChart> charts) implements Section {}

    /** Pictures in rows; every row has as many as the column titles. */
    public record Grid(List<String> columns, List<List<Image>> rows) implements Section {}

    /** A table; the first row is its head. */
    public record Table(List<String> head, List<List<String>> rows) implements Section {}

    /** A drawing as SVG text, at its own width. */
    public record Drawing(String svg) implements Section {}

    /** Text as it is, such as a recipe. */
    public record Verbatim(String text) implements Section {}

    /** Small pictures are enlarged to about this many pixels without smoothing, so that patches stay visible. */
    private static final int SHOWN = 112;

    /** A picture as a data address. */
    public static String embedded(Image image) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(PngWriter.encode(image));
    }

    /** Width at which a picture is shown. */
    public static int shownWidth(Image image) {
        return Math.max(image.width(), Math.max(1, SHOWN / image.width()) * image.width());
    }

    /** The page as HTML. */
    public String html() {
        StringOutput output = new StringOutput();
        TemplateEngine.createPrecompiled(ContentType.Html).render("report.jte", this, output);
        return output.toString();
    }

    /** Writes the page. */
    public void write(Path file) throws IOException {
        byte[] bytes = html().getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, channel -> {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        });
    }
}
