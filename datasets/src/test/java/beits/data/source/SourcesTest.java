package beits.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.Golden;
import beits.data.Dataset;
import beits.data.Sample;
import beits.image.DecodeOptions;
import beits.image.Image;
import beits.image.ImageReader;
import beits.image.PictureException;
import beits.image.PngWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every format read from files that the test writes, and what wrong ones are answered with. */
class SourcesTest {
    private static final List<String> IMAGE = List.of("image");
    private static final List<String> LABEL = List.of("label");
    private static final ImageReader READER = new ImageReader(DecodeOptions.DEFAULT);

    @TempDir
    Path folder;

    private static Image plain(int value) {
        Image image = Image.blank(5, 7, 3);
        Arrays.fill(image.pixels(), (byte) value);
        return image;
    }

    private static void write(Path file, Image image) throws IOException {
        Files.createDirectories(file.getParent());
        PngWriter.write(image, file);
    }

    private static int label(Dataset data, int index) {
        return ((Sample.Labelled) data.get(index)).label();
    }

    @Test
    void classFolders() throws IOException {
        write(folder.resolve("b/2.png"), plain(2));
        write(folder.resolve("a/sub/1.png"), plain(1));
        write(folder.resolve("b/0.PNG"), plain(0));
        Files.writeString(folder.resolve("b/notes.txt"), "no picture");
        ImageFolder data = ImageFolder.classes(folder, READER);
        assertThat(data.classNames()).containsExactly("a", "b");
        assertThat(data.size()).isEqualTo(3);
        assertThat(List.of(label(data, 0), label(data, 1), label(data, 2))).containsExactly(0, 1, 1);
        assertThat(data.get(2).picture()).isEqualTo(plain(2));
        Files.createDirectory(folder.resolve("c"));
        assertThatThrownBy(() -> ImageFolder.classes(folder, READER))
                .hasMessageEndingWith("c: a class without pictures");
        assertThat(ImageFolder.unlabelled(folder, READER).size()).isEqualTo(3);
        assertThatThrownBy(() -> ImageFolder.unlabelled(folder.resolve("absent"), READER))
                .hasMessageContaining("no such folder");
    }

    @Test
    void loopsOfLinksAreNoHang() throws IOException {
        write(folder.resolve("a/1.png"), plain(1));
        Files.createSymbolicLink(folder.resolve("a/again"), folder);
        assertThatThrownBy(() -> ImageFolder.unlabelled(folder, READER)).isInstanceOf(PictureException.class);
    }

    @Test
    void lists() throws IOException {
        write(folder.resolve("x/1.png"), plain(1));
        Path list = folder.resolve("list.txt");
        Files.writeString(list, "# comment\nx/1.png\tzebra\n\nx/1.png\tant\n");
        ImageFolder data = ListFile.open(list, READER);
        assertThat(data.classNames()).containsExactly("ant", "zebra");
        assertThat(label(data, 0)).isEqualTo(1);
        Files.writeString(list, "x/1.png\t2\nx/1.png\t0\n");
        assertThat(ListFile.open(list, READER).classNames()).containsExactly("0", "1", "2");
        Files.writeString(list, "x/1.png\n");
        assertThat(ListFile.open(list, READER).get(0)).isInstanceOf(Sample.Unlabelled.class);
        Files.writeString(list, "x/1.png\nx/1.png\t3\n");
        assertThatThrownBy(() -> ListFile.open(list, READER)).hasMessageContaining("list.txt:2: some lines");
        Files.writeString(list, "../../etc/passwd\n");
        assertThatThrownBy(() -> ListFile.open(list, READER)).hasMessageContaining("leaves the list's folder");
        Files.write(list, new byte[] {(byte) 0xff, (byte) 0xfe, 'x', '\n'});
        assertThatThrownBy(() -> ListFile.open(list, READER)).hasMessageEndingWith("is not UTF-8 text");
        Files.writeString(list, "a\0b\n");
        assertThatThrownBy(() -> ListFile.open(list, READER)).isInstanceOf(PictureException.class);
    }

    @Test
    void idx() throws IOException {
        byte[] pixels = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
        Idx.Values pictures = new Idx.Values(List.of(2, 3, 2), pixels);
        Path file = folder.resolve("p.gz");
        Files.write(file, Idx.encode(pictures));
        Idx.Values back = Idx.read(file);
        assertThat(back.shape()).isEqualTo(pictures.shape());
        assertThat(back.data()).isEqualTo(pixels);
        Idx.Values labels = new Idx.Values(List.of(2), new byte[] {1, 0});
        IdxDataset data = new IdxDataset("d", back, labels, List.of("x", "y"));
        assertThat(data.get(1).picture()).isEqualTo(new Image(3, 2, 1, new byte[] {7, 8, 9, 10, 11, 12}));
        assertThat(label(data, 0)).isEqualTo(1);
        assertThatThrownBy(() -> new IdxDataset("d", back, labels, List.of("x")))
                .hasMessageContaining("label 1 of picture 0");
        Files.write(file, new byte[] {0, 0, 8, 1, 0x7f, -1, -1, -1, 5});
        assertThatThrownBy(() -> Idx.read(file)).hasMessageContaining("over the limit");
        Files.write(file, new byte[] {0, 0, 8, 1, 0, 0, 0, 9, 5});
        assertThatThrownBy(() -> Idx.read(file)).hasMessageContaining("truncated: 1 of 9 bytes");
    }

    @Test
    void cifar() throws IOException {
        Files.writeString(folder.resolve("batches.meta.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n");
        byte[] batch = new byte[2 * 3073];
        for (int i = 0; i < batch.length; i++) {
            batch[i] = (byte) (i % 3073 == 0 ? 3 + i / 3073 : i % 251);
        }
        for (int i = 1; i <= 5; i++) {
            Files.write(folder.resolve("data_batch_%d.bin".formatted(i)), batch);
        }
        Cifar data = Cifar.ten(folder, true);
        assertThat(data.size()).isEqualTo(10);
        assertThat(label(data, 7)).isEqualTo(4);
        Image picture = data.get(7).picture();
        assertThat(picture.at(31, 30, 2)).isEqualTo((3073 + 1 + 2 * 1024 + 31 * 32 + 30) % 251);
        assertThatThrownBy(() -> Cifar.ten(folder, false)).hasMessageContaining("test_batch.bin: not found");
        Files.write(folder.resolve("test_batch.bin"), Arrays.copyOf(batch, 4000));
        assertThatThrownBy(() -> Cifar.ten(folder, false)).hasMessageContaining("no whole number of records");
        Files.writeString(folder.resolve("fine_label_names.txt"), "name\n".repeat(100));
        Files.writeString(folder.resolve("coarse_label_names.txt"), "name\n".repeat(20));
        byte[] hundred = new byte[3074];
        hundred[0] = 19;
        hundred[1] = 99;
        Files.write(folder.resolve("train.bin"), hundred);
        assertThat(label(Cifar.hundred(folder, true, true), 0)).isEqualTo(99);
        assertThat(label(Cifar.hundred(folder, true, false), 0)).isEqualTo(19);
    }

    @Test
    void ade20k() throws IOException {
        write(folder.resolve("images/training/p.png"), plain(9));
        byte[] classes = new byte[35];
        classes[1] = 1;
        classes[2] = 3;
        classes[3] = (byte) 255;
        write(folder.resolve("annotations/training/p.png"), new Image(5, 7, 1, classes));
        SegmentationFolder data = SegmentationFolder.ade20k(folder, true, List.of("wall", "sky", "tree"), READER);
        Sample.Segmented sample = (Sample.Segmented) data.get(0);
        assertThat(Arrays.copyOf(sample.mask().pixels(), 4)).containsExactly((byte) 255, 0, 2, (byte) 255);
        SegmentationFolder fewer = SegmentationFolder.ade20k(folder, true, List.of("wall"), READER);
        assertThatThrownBy(() -> fewer.get(0)).hasMessageContaining("class 3 with 1 class names");
        write(folder.resolve("annotations/training/p.png"), Image.blank(5, 6, 1));
        assertThatThrownBy(() -> data.get(0)).hasMessageContaining("5 x 6 pixels where the picture has 5 x 7");
        write(folder.resolve("annotations/training/p.png"), plain(1));
        assertThatThrownBy(() -> data.get(0)).hasMessageContaining("not a class mask");
    }

    @Test
    void tarShards() throws IOException {
        Path shard = folder.resolve("s.tar");
        List<String> names = List.of("a/1.png", "a/1.cls", "../../2.png", "../../2.cls", "inner.tar", "a/1.json");
        List<byte[]> bodies = List.of(
                PngWriter.encode(plain(1)),
                "1\n".getBytes(StandardCharsets.US_ASCII),
                PngWriter.encode(plain(2)),
                "0".getBytes(StandardCharsets.US_ASCII),
                new byte[700],
                new byte[3]);
        tar(shard, names, bodies);
        try (WebDataset data = new WebDataset(List.of(shard), List.of("x", "y"), READER)) {
            assertThat(data.size()).isEqualTo(2);
            assertThat(label(data, 0)).isEqualTo(1);
            assertThat(data.get(1).picture()).isEqualTo(plain(2));
            assertThat(data.name(1)).endsWith("s.tar!../../2.png");
        }
        assertThatThrownBy(() -> new WebDataset(List.of(shard), List.of("x"), READER).close())
                .hasMessageContaining("label '1' with 1 classes");
        try (WebDataset numbered = new WebDataset(List.of(shard), List.of(), READER)) {
            assertThat(numbered.classNames()).containsExactly("0", "1");
            assertThat(label(numbered, 1)).isZero();
        }
        tar(shard, names.subList(0, 3), bodies.subList(0, 3));
        try (WebDataset unlabelled = new WebDataset(List.of(shard), List.of(), READER)) {
            assertThat(unlabelled.classNames()).isEmpty();
            assertThat(unlabelled.label(0)).isEmpty();
        }
        Files.write(shard, Arrays.copyOf(Files.readAllBytes(shard), 700));
        assertThatThrownBy(() -> new WebDataset(List.of(shard), List.of("x", "y"), READER).close())
                .isInstanceOf(PictureException.class);
    }

    static void tar(Path shard, List<String> names, List<byte[]> bodies) throws IOException {
        try (OutputStream out = Files.newOutputStream(shard);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            for (int i = 0; i < names.size(); i++) {
                TarArchiveEntry entry = new TarArchiveEntry(names.get(i), true);
                entry.setSize(bodies.get(i).length);
                tar.putArchiveEntry(entry);
                tar.write(bodies.get(i));
                tar.closeArchiveEntry();
            }
        }
    }

    @Test
    void parquet() throws IOException {
        Path file = folder.resolve("three.parquet");
        Files.write(file, Golden.bytes("/parquet/three.parquet"));
        try (ParquetPictures data = new ParquetPictures(
                List.of(file, file), List.of("img", "image"), List.of("fine_label", "label"), READER)) {
            assertThat(data.size()).isEqualTo(6);
            assertThat(data.classNames()).containsExactly("ant", "bee \"B\"", "cat");
            assertThat(label(data, 3)).isEqualTo(2);
            assertThat(data.get(4).picture().rgb()).isEqualTo(Golden.source("gray.png"));
        }
        Path unlabelled = folder.resolve("unlabelled.parquet");
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        Files.writeString(unlabelled, text.replace("label", "other"), StandardCharsets.ISO_8859_1);
        try (ParquetPictures data = new ParquetPictures(List.of(unlabelled), IMAGE, LABEL, READER)) {
            assertThat(data.classNames()).isEmpty();
            assertThat(data.label(1)).isEmpty();
            assertThat(data.get(1)).isInstanceOf(Sample.Unlabelled.class);
            assertThat(data.get(1).picture().rgb()).isEqualTo(Golden.source("gray.png"));
        }
        assertThatThrownBy(() -> new ParquetPictures(List.of(file, unlabelled), IMAGE, LABEL, READER).close())
                .isInstanceOf(PictureException.class)
                .hasMessageContaining("unlabelled.parquet")
                .hasMessageContaining("others have none");
        assertThatThrownBy(() -> new ParquetPictures(List.of(file), List.of("img", "jpg"), LABEL, READER).close())
                .isInstanceOf(PictureException.class)
                .hasMessage(file + ": has the columns image, label, and no img or jpg");
        Files.write(file, new byte[40]);
        assertThatThrownBy(() -> new ParquetPictures(List.of(file), IMAGE, LABEL, READER).close())
                .isInstanceOf(PictureException.class)
                .hasMessageContaining("three.parquet");
    }

    /** Damage that the Parquet library answers with an endless search, all of the heap, and a native crash. */
    @ParameterizedTest
    @CsvSource({
        "26, 11c40c59b42eea4ed3, a field that no page has",
        "11, 7f, outside of its column",
        "6429, ff7f, does not end",
        "15, 17, a field that no page has",
        "29, ffffff7f, unpacks to more than it declares",
    })
    void parquetDamage(int at, String bytes, String message) throws IOException {
        Path file = folder.resolve("three.parquet");
        byte[] data = Golden.bytes("/parquet/three.parquet");
        byte[] damage = HexFormat.of().parseHex(bytes);
        System.arraycopy(damage, 0, data, at, damage.length);
        Files.write(file, data);
        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> assertThatThrownBy(() -> new ParquetPictures(List.of(file), IMAGE, LABEL, READER).close())
                        .isInstanceOf(PictureException.class)
                        .hasMessageContaining("three.parquet")
                        .hasMessageContaining(message));
    }

    @Test
    void scenesAreExactAndRepeatable() {
        Dataset garments = FashionMnist.bundled(FashionMnist.Part.TEST);
        Scenes scenes = new Scenes(garments, Scenes.Style.TEXTURED, 56, 40, 3);
        List<Integer> present = new ArrayList<>();
        for (int i = 0; i < scenes.size(); i++) {
            Sample.Segmented scene = (Sample.Segmented) scenes.get(i);
            assertThat(scene.picture().height()).isEqualTo(56);
            assertThat(new Scenes(garments, Scenes.Style.TEXTURED, 56, 99, 3).get(i))
                    .isEqualTo(scene);
            int foreground = 0;
            for (byte label : scene.mask().pixels()) {
                assertThat((int) label).isBetween(0, 10);
                foreground += label > 0 ? 1 : 0;
                present.add((int) label);
            }
            assertThat(foreground).isBetween(30, 56 * 56 - 100);
        }
        assertThat(present).contains(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(new Scenes(garments, Scenes.Style.TEXTURED, 56, 40, 4).get(0))
                .isNotEqualTo(scenes.get(0));
        Sample.Segmented drawn =
                (Sample.Segmented) new Scenes(ColourDrawings.bundled(false), Scenes.Style.TEXTURED, 64, 3, 1).get(2);
        assertThat(drawn.mask().width()).isEqualTo(64);
    }

    /** On black, what has a class is what was pasted: brighter than the threshold before its tint. */
    @Test
    void plainScenesAreGarmentsOnBlack() {
        Scenes scenes = new Scenes(FashionMnist.bundled(FashionMnist.Part.TEST), Scenes.Style.PLAIN, 32, 40, 3);
        int most = 0;
        for (int i = 0; i < scenes.size(); i++) {
            Sample.Segmented scene = (Sample.Segmented) scenes.get(i);
            Set<Byte> classes = new HashSet<>();
            for (int at = 0; at < 32 * 32; at++) {
                byte label = scene.mask().pixels()[at];
                boolean shown = scene.picture().pixels()[3 * at] != 0;
                assertThat(shown).isEqualTo(label != 0);
                classes.add(label);
            }
            assertThat(classes).contains((byte) 0);
            most = Math.max(most, classes.size());
        }
        assertThat(most).as("the ground and two garments").isEqualTo(3);
        assertThatThrownBy(
                        () -> new Scenes(FashionMnist.bundled(FashionMnist.Part.TEST), Scenes.Style.PLAIN, 24, 40, 3))
                .hasMessage("plain scenes of 24 pixels have no room for pictures of 28 x 28");
    }

    @Test
    void bundledDrawings() {
        ColourDrawings train = ColourDrawings.bundled(true);
        assertThat(train.size()).isEqualTo(2181);
        assertThat(ColourDrawings.bundled(false).size()).isEqualTo(430);
        Sample.Segmented sample = (Sample.Segmented) train.foreground().get(1000);
        assertThat(sample.mask().pixels()).contains((byte) 0, (byte) 1);
    }
}
