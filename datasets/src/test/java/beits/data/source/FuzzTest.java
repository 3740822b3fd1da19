package beits.data.source;

import static org.assertj.core.api.Assertions.assertThat;

import beits.Golden;
import beits.data.Dataset;
import beits.data.Sample;
import beits.image.DecodeOptions;
import beits.image.Image;
import beits.image.ImageReader;
import beits.image.PictureException;
import beits.image.TurboJpeg;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files give a picture within the limit or a {@link PictureException} that begins with the name; nothing else. */
class FuzzTest {
    private static final long PIXEL_LIMIT = 1 << 20;
    private static final List<String> PICTURES = List.of(
            "/pillow/cmyk.jpg",
            "/pillow/progressive.jpg",
            "/pillow/quality30.jpg",
            "/pillow/exif6.jpg",
            "/pillow/lossless.webp",
            "/pillow/p.gif",
            "/pillow/rgb.bmp",
            "/pillow/pal.bmp",
            "/pillow/pal4.png",
            "/pillow/interlaced.png",
            "/golden/preprocess/images/gray_alpha.png",
            "/golden/preprocess/images/jpeg_gray.jpg");

    @TempDir
    Path folder;

    /** A copy with one to four faults: a cut, flipped bits, zeroed bytes, an extreme number, a moved or repeated part. */
    private static byte[] damaged(byte[] whole, UniformRandomProvider rng) {
        byte[] out = whole.clone();
        int faults = 1 + rng.nextInt(4);
        for (int f = 0; f < faults && out.length > 8; f++) {
            // Headers decide most, so half of the faults hit the first bytes.
            int at = rng.nextInt(rng.nextBoolean() ? Math.min(out.length, 64) : out.length);
            int run = Math.min(out.length - at, 1 + rng.nextInt(16));
            switch (rng.nextInt(6)) {
                case 0 -> out = Arrays.copyOf(out, at);
                case 1 -> out[at] ^= (byte) (1 << rng.nextInt(8));
                case 2 -> Arrays.fill(out, at, at + run, (byte) 0);
                case 3 -> Arrays.fill(out, at, at + Math.min(run, 4), (byte) 0xff);
                case 4 -> System.arraycopy(whole, rng.nextInt(whole.length - run), out, at, run);
                default -> {
                    if (at + 4 <= out.length) {
                        ByteBuffer.wrap(out)
                                .order(rng.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN)
                                .putInt(at, rng.nextBoolean() ? Integer.MAX_VALUE : rng.nextInt(1 << 20));
                    }
                }
            }
        }
        return out;
    }

    private static void refusedByNameOrRead(String name, byte[] data, Supplier<?> reading) {
        try {
            Object result = reading.get();
            if (result instanceof Image image) {
                assertThat((long) image.height() * image.width()).isLessThanOrEqualTo(PIXEL_LIMIT);
            }
        } catch (PictureException e) {
            assertThat(e).hasMessageContaining(name);
            assertThat(String.valueOf(e.getMessage()).lines()).hasSize(1);
        } catch (RuntimeException | Error e) {
            throw new AssertionError("%s, %d bytes: %s".formatted(name, data.length, e), e);
        }
    }

    static void pictures(int rounds, long seed) {
        UniformRandomProvider rng = RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
        ImageReader reader = new ImageReader(new DecodeOptions(PIXEL_LIMIT, true, Optional.empty()));
        ImageReader turbo = new ImageReader(new DecodeOptions(PIXEL_LIMIT, true, TurboJpeg.open()));
        for (String file : PICTURES) {
            byte[] whole = Golden.bytes(file);
            for (int i = 0; i < rounds; i++) {
                byte[] data = damaged(whole, rng);
                refusedByNameOrRead(file, data, () -> reader.decode(data, file));
                if (file.endsWith(".jpg")) {
                    refusedByNameOrRead(file, data, () -> turbo.decode(data, file));
                }
            }
        }
    }

    static void containers(int rounds, long seed, Path folder) throws IOException {
        UniformRandomProvider rng = RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
        ImageReader reader = new ImageReader(new DecodeOptions(PIXEL_LIMIT, false, Optional.empty()));
        byte[] idx = Idx.encode(new Idx.Values(List.of(20, 6, 5), new byte[600]));
        byte[] plainIdx = new byte[16 + 600];
        ByteBuffer.wrap(plainIdx).putInt(0x803).putInt(20).putInt(6).putInt(5);
        byte[] picture = Golden.bytes("/golden/preprocess/images/gray.png");
        Path tarFile = folder.resolve("fuzz.tar");
        SourcesTest.tar(
                tarFile,
                List.of("a.png", "a.cls", "b.png", "b.cls"),
                List.of(picture, new byte[] {'1'}, picture, new byte[] {'0'}));
        byte[] tar = Files.readAllBytes(tarFile);
        byte[] parquet = Golden.bytes("/parquet/three.parquet");
        Path parquetFile = folder.resolve("fuzz.parquet");
        Path list = folder.resolve("fuzz.txt");
        byte[] listed = "a.png\t1\nb/c.png\t0\n".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < rounds; i++) {
            byte[] a = damaged(idx, rng);
            refusedByNameOrRead("x.idx", a, () -> Idx.read(new ByteArrayInputStream(a), "x.idx"));
            byte[] b = damaged(plainIdx, rng);
            refusedByNameOrRead("x.idx", b, () -> Idx.read(new ByteArrayInputStream(b), "x.idx"));
            byte[] c = damaged(tar, rng);
            Files.write(tarFile, c);
            refusedByNameOrRead("fuzz.tar", c, () -> {
                try (WebDataset data = new WebDataset(List.of(tarFile), List.of("x", "y"), reader)) {
                    return samples(data);
                }
            });
            byte[] d = damaged(parquet, rng);
            Files.write(parquetFile, d);
            refusedByNameOrRead("fuzz.parquet", d, () -> {
                try (ParquetPictures data =
                        new ParquetPictures(List.of(parquetFile), List.of("image"), List.of("label"), reader)) {
                    return samples(data);
                }
            });
            byte[] e = damaged(listed, rng);
            Files.write(list, e);
            refusedByNameOrRead("fuzz.txt", e, () -> ListFile.open(list, reader));
        }
    }

    private static int samples(Dataset data) {
        int pixels = 0;
        for (int i = 0; i < data.size(); i++) {
            Sample sample = data.get(i);
            pixels += sample.picture().pixels().length;
        }
        return pixels;
    }

    @Test
    void damagedPictures() {
        Assertions.assertTimeoutPreemptively(Duration.ofMinutes(2), () -> pictures(250, 1));
    }

    @Test
    void damagedContainers() {
        Assertions.assertTimeoutPreemptively(Duration.ofMinutes(2), () -> containers(200, 2, folder));
    }
}
