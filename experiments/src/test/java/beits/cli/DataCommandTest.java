package beits.cli;

import static beits.cli.Ended.beits;
import static org.assertj.core.api.Assertions.assertThat;

import beits.image.DecodeOptions;
import beits.image.Image;
import beits.image.ImageReader;
import beits.image.PngWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Looking at data, and training on data with broken pictures. */
class DataCommandTest {
    private static final int PICTURES = 6;

    @TempDir
    private static Path home;

    private static Path data;

    /** A folder of two classes, six pictures each of one brightness a class, of which one is cut off. */
    @BeforeAll
    static void write() throws IOException {
        data = home.resolve("data");
        for (String part : List.of("train", "val")) {
            for (String name : List.of("dark", "light")) {
                Path folder = Files.createDirectories(data.resolve(part).resolve(name));
                for (int i = 0; i < PICTURES; i++) {
                    byte[] pixels = new byte[28 * 28];
                    Arrays.fill(pixels, (byte) (name.equals("dark") ? 51 : 153));
                    byte[] png = PngWriter.encode(new Image(28, 28, 1, pixels));
                    boolean cut = i == 3 && name.equals("light");
                    Files.write(folder.resolve(i + ".png"), cut ? Arrays.copyOf(png, png.length / 2) : png);
                }
            }
        }
    }

    @Test
    void inspectionCountsWhatIsThereAndNamesWhatIsBroken() {
        Ended ended = beits("data", "inspect", data.resolve("train").toString());
        assertThat(ended.code()).isEqualTo(Main.FAILED);
        assertThat(ended.out())
                .contains("samples    12")
                .contains("28 x 28 (11)")
                .contains("classes    2: dark (6), light (5)")
                // (6 · 0.2 + 5 · 0.6) / 11
                .contains("mean       0.3818")
                .contains("broken     1")
                .contains("3.png");
        assertThat(beits("data", "inspect", home.resolve("nowhere").toString()))
                .satisfies(missing -> assertThat(missing.code()).isEqualTo(Main.USER_MISTAKE))
                .satisfies(missing -> assertThat(missing.err()).contains("nowhere: no such file or folder"));
    }

    @Test
    void sheetsShowEveryKindOfRecipe() {
        for (String recipe : List.of("fashion-tokenizer", "fashion-pretrain", "fashion-finetune", "scenes-segment")) {
            Path sheet = home.resolve(recipe + ".png");
            Ended ended = beits("data", "sheet", recipe, "--count", "4", "--out", sheet.toString());
            assertThat(ended.code()).as(ended.err()).isZero();
            Image page = new ImageReader(DecodeOptions.DEFAULT).read(sheet);
            assertThat(page.width()).as(recipe).isGreaterThan(4 * 28);
            assertThat(beits("data", "sheet", recipe, "--out", sheet.toString()).err())
                    .contains("exists; name another file");
        }
        assertThat(beits("data", "sheet", "fashion-pretrain", "--out", home.resolve("sheet.jpg"))
                        .err())
                .contains("sheet.jpg: a PNG is written; name a file that ends in .png")
                .hasLineCount(1);
    }

    @Test
    void theRecipeSaysWhatABrokenPictureDoes() throws IOException {
        Ended stopped = beits(finetune(home.resolve("stopped"), false));
        assertThat(stopped.code()).isNotZero();
        assertThat(stopped.err()).contains("3.png").doesNotContain("Exception");
        Ended skipped = beits(finetune(home.resolve("skipped"), true));
        assertThat(skipped.code()).as(skipped.err()).isZero();
        assertThat(skipped.err()).containsOnlyOnce("left out: ");
        assertThat(Files.readString(home.resolve("skipped/log.txt"))).contains("left out: ");
    }

    private static List<String> finetune(Path out, boolean skipBroken) {
        List<String> arguments = new ArrayList<>(List.of("finetune", "fashion-finetune"));
        for (String set : List.of(
                "data.source=image_folder",
                "data.path=" + data,
                "data.skipBroken=" + skipBroken,
                "initFrom=null",
                "labelsPerClass=0",
                "model.width=16",
                "model.depth=1",
                "optim.batchSize=4",
                "optim.epochs=2",
                "optim.warmupEpochs=0")) {
            arguments.addAll(List.of("--set", set));
        }
        arguments.addAll(List.of("--out", out.toString()));
        return arguments;
    }
}
