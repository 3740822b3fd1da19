package beits.image;

import static beits.Golden.assertSame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.Golden;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kinds of files beyond the golden ones; what is expected was written by Pillow 9.4. */
class PillowTest {
    private static final ImageReader READER = new ImageReader(DecodeOptions.DEFAULT);

    private static Image read(String name) {
        return READER.decode(Golden.bytes("/pillow/" + name), name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cmyk.jpg",
                "progressive.jpg",
                "s422.jpg",
                "quality30.jpg",
                "exif6.jpg",
                "lossless.webp",
                "p.gif",
                "rgb.bmp",
                "gray.bmp",
                "pal.bmp",
                "one.png",
                "pal4.png",
                "gray2.png",
                "gray4.png",
                "rgb16.png",
                "interlaced.png",
                "rgb.tif",
                "lzw.tif",
                "deflate.tif",
                "jpeg.tif",
                "gray.tif",
                "pal.tif",
                "bilevel.tif",
                "rgba.tif",
                "turned.tif",
                "white.tif"
            })
    void decodes(String name) {
        assertSame(name, read(name).rgb(), read(name.replace('.', '_') + ".expected.png"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"progressive.jpg", "s422.jpg", "quality30.jpg", "cmyk.jpg"})
    void turboGivesTheSameBytes(String name) {
        TurboJpeg.open().ifPresent(turbo -> {
            ImageReader reader =
                    new ImageReader(new DecodeOptions(DecodeOptions.DEFAULT.pixelLimit(), false, Optional.of(turbo)));
            assertSame(name, reader.decode(Golden.bytes("/pillow/" + name), name), read(name));
        });
    }

    @Test
    void appliesOrientationWhenAsked() {
        ImageReader reader =
                new ImageReader(new DecodeOptions(DecodeOptions.DEFAULT.pixelLimit(), true, Optional.empty()));
        assertSame(
                "exif6.jpg",
                reader.decode(Golden.bytes("/pillow/exif6.jpg"), "exif6.jpg"),
                read("exif6_turned.expected.png"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1", "0.7", "1.3", "2.0", "5.5"})
    void blurs(String radius) {
        assertSame(
                radius,
                Blur.gaussian(read("blur_source.png"), Double.parseDouble(radius)),
                read("blur_" + radius + ".expected.png"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4})
    void writtenPngsReadBack(int channels) {
        byte[] pixels = new byte[13 * 7 * channels];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 37 + i / 5);
        }
        Image image = new Image(13, 7, channels, pixels);
        assertThat(READER.decode(PngWriter.encode(image), "written")).isEqualTo(image);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "progressive.jpg",
                "quality30.jpg",
                "interlaced.png",
                "p.gif",
                "rgb.bmp",
                "lossless.webp",
                "rgb.tif",
                "lzw.tif",
                "jpeg.tif"
            })
    void truncatedFilesAreNamed(String name) {
        byte[] whole = Golden.bytes("/pillow/" + name);
        for (int length : new int[] {0, 1, 7, 30, whole.length / 2}) {
            assertThatThrownBy(() -> READER.decode(Arrays.copyOf(whole, length), name))
                    .as("%d bytes", length)
                    .isInstanceOf(PictureException.class)
                    .hasMessageStartingWith(name + ": ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cmyk.tif", "float.tif"})
    void tiffsOfOtherColoursAreRefused(String name) {
        assertThatThrownBy(() -> read(name))
                .isInstanceOf(PictureException.class)
                .hasMessageStartingWith(name + ": only TIFFs of grey, RGB or a palette");
    }

    @Test
    void aTiffWithoutAMeaningOfItsSamplesIsRefused() {
        byte[] tiff = Golden.bytes("/pillow/rgb.tif");
        ByteBuffer in = ByteBuffer.wrap(tiff).order(ByteOrder.LITTLE_ENDIAN);
        int directory = in.getInt(4);
        for (int entry = 0; entry < in.getShort(directory); entry++) {
            int at = directory + 2 + 12 * entry;
            if (in.getShort(at) == BaselineTIFFTagSet.TAG_PHOTOMETRIC_INTERPRETATION) {
                in.putShort(at, (short) BaselineTIFFTagSet.TAG_THRESHHOLDING);
            }
        }
        assertThatThrownBy(() -> READER.decode(tiff, "mute.tif"))
                .isInstanceOf(PictureException.class)
                .hasMessage("mute.tif: broken TIFF: does not say what its samples mean");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rgb.tif", "lzw.tif", "pal.tif"})
    void damagedTiffsGiveAPictureOrAMessage(String name) {
        byte[] whole = Golden.bytes("/pillow/" + name);
        int refused = 0;
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= (byte) (1 + at * 29 % 255);
            try {
                assertThat(READER.decode(damaged, name)).isNotNull();
            } catch (PictureException e) {
                assertThat(e).hasMessageStartingWith(name + ": ");
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void theLimitIsCheckedBeforeAnythingIsAllocated() {
        byte[] png = Golden.bytes("/pillow/interlaced.png");
        ByteBuffer.wrap(png).putInt(16, 60_000).putInt(20, 60_000);
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(png, 12, 17);
        ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());
        assertThatThrownBy(() -> READER.decode(png, "big.png")).hasMessageContaining("make it smaller");
    }

    @Test
    void aWrongChecksumIsFound() {
        byte[] png = Golden.bytes("/pillow/interlaced.png");
        png[60] ^= 4;
        assertThatThrownBy(() -> READER.decode(png, "flipped.png")).hasMessageContaining("checksum");
    }
}
