package beits.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.data.Dataset;
import beits.image.Image;
import beits.recipe.DataRecipe;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PicturesTest {
    @TempDir
    private Path folder;

    @Test
    void theValidationSplitOfParquetFilesGoesBeforeTheTestSplit() throws IOException {
        Path three = Path.of("..", "datasets", "src", "test", "resources", "parquet", "three.parquet");
        DataRecipe recipe = new DataRecipe(DataRecipe.Source.PARQUET, folder.toString(), 0, false, false);
        Files.copy(three, folder.resolve("test-0.parquet"));
        assertThat(Pictures.test(recipe).size()).isEqualTo(3);
        Files.copy(three, folder.resolve("validation-0.parquet"));
        Files.writeString(folder.resolve("test-0.parquet"), "nobody reads this one");
        assertThat(Pictures.test(recipe).size()).isEqualTo(3);
    }

    @Test
    void whoNeedsLabelsIsToldWhereTheyAre() throws IOException {
        Files.write(folder.resolve("a.jpg"), turned());
        Files.writeString(folder.resolve("train.txt"), "a.jpg\n");
        Dataset unlabelled =
                Pictures.training(new DataRecipe(DataRecipe.Source.LIST_FILE, folder.toString(), 0, false, false));
        assertThatThrownBy(() -> Pictures.requireLabels(unlabelled, "test"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(folder.resolve("a.jpg") + ": has no label, like all test pictures here")
                .hasMessageContaining("label or labels or fine_label");
        Files.writeString(folder.resolve("train.txt"), "a.jpg\t0\n");
        Dataset labelled =
                Pictures.training(new DataRecipe(DataRecipe.Source.LIST_FILE, folder.toString(), 0, false, false));
        assertThatCode(() -> Pictures.requireLabels(labelled, "test")).doesNotThrowAnyException();
    }

    /** A JPEG, 16 wide and 8 high, whose camera was held so that it has to be turned by a quarter. */
    private static byte[] turned() throws IOException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(16, 8, BufferedImage.TYPE_INT_RGB), "jpeg", plain);
        byte[] exif = {
            (byte) 0xFF,
            (byte) 0xE1,
            0,
            34,
            'E',
            'x',
            'i',
            'f',
            0,
            0,
            'M',
            'M',
            0,
            42,
            0,
            0,
            0,
            8,
            // one entry: orientation (0x0112), a short, one value, 6
            0,
            1,
            1,
            0x12,
            0,
            3,
            0,
            0,
            0,
            1,
            0,
            6,
            0,
            0,
            0,
            0,
            0,
            0
        };
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(plain.toByteArray(), 0, 2);
        whole.writeBytes(exif);
        whole.write(plain.toByteArray(), 2, plain.size() - 2);
        return whole.toByteArray();
    }

    @Test
    void theRecipeSaysWhetherPhotographsAreTurned() throws IOException {
        Files.write(folder.resolve("a.jpg"), turned());
        for (boolean wanted : List.of(true, false)) {
            Dataset data = Pictures.training(
                    new DataRecipe(DataRecipe.Source.UNLABELLED_FOLDER, folder.toString(), 0, false, wanted));
            Image picture = data.get(0).picture();
            assertThat(picture.height()).isEqualTo(wanted ? 16 : 8);
            assertThat(picture.width()).isEqualTo(wanted ? 8 : 16);
        }
    }

    @Test
    void whatLiesInAFolderIsSeenByItsLook() throws IOException {
        byte[] picture = turned();
        Files.write(Files.createDirectories(folder.resolve("list/img")).resolve("a.jpg"), picture);
        Files.writeString(folder.resolve("list/train.txt"), "img/a.jpg\tcup\nimg/a.jpg\tpot\n");
        assertThat(Pictures.at(folder.resolve("list")).classNames()).containsExactly("cup", "pot");

        Files.write(Files.createDirectories(folder.resolve("flat")).resolve("a.TIF"), picture);
        assertThat(Pictures.at(folder.resolve("flat")).classNames()).isEmpty();

        Path masks = folder.resolve("masks");
        Files.write(Files.createDirectories(masks.resolve("images/training")).resolve("a.jpg"), picture);
        Path mask =
                Files.createDirectories(masks.resolve("annotations/training")).resolve("a.png");
        ImageIO.write(new BufferedImage(16, 8, BufferedImage.TYPE_BYTE_GRAY), "png", mask.toFile());
        Files.writeString(masks.resolve("classes.txt"), "ground\ncup\n");
        assertThat(Pictures.at(masks).classNames()).containsExactly("ground", "cup");
    }
}
