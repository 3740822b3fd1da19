package beits.image;

import static beits.Golden.assertSame;
import static org.assertj.core.api.Assertions.assertThat;

import beits.Golden;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Decoding, resizing, colour operations and affine transformations against Pillow's own results. */
class GoldenImageTest {
    @Test
    void decodesAsPillow() {
        Golden golden = Golden.load("preprocess/decode");
        golden.expected().forEach((name, tensor) -> assertSame(name, Golden.source(name), tensor.image()));
        assertThat(golden.expected()).hasSize(12);
    }

    @Test
    void turboDecodesAsPillow() {
        TurboJpeg.open().ifPresent(turbo -> {
            Golden golden = Golden.load("preprocess/decode");
            ImageReader reader = new ImageReader(
                    new DecodeOptions(DecodeOptions.DEFAULT.pixelLimit(), false, java.util.Optional.of(turbo)));
            golden.expected()
                    .forEach((name, tensor) -> assertSame(
                            name,
                            reader.decode(Golden.bytes("/golden/preprocess/images/" + name), name)
                                    .rgb(),
                            tensor.image()));
        });
    }

    @Test
    void resizesAsPillow() {
        Golden golden = Golden.load("preprocess/resize");
        Image grey = golden.expected("gray_source").image();
        golden.expected().forEach((key, tensor) -> {
            String[] parts = key.split("/", -1);
            if (parts.length == 3) {
                Image source = parts[0].equals("gray") ? grey : Golden.source(parts[0] + ".png");
                String[] size = parts[2].split("x", -1);
                Image actual = Resize.resize(
                        source,
                        Integer.parseInt(size[1]),
                        Integer.parseInt(size[0]),
                        Resampling.valueOf(parts[1].toUpperCase(Locale.ROOT)));
                assertSame(key, actual, tensor.image());
            }
        });
    }

    @Test
    void coloursAsPillow() {
        Golden golden = Golden.load("preprocess/color_jitter");
        Image source = Golden.source(golden.config().get("source").asString() + ".png");
        golden.expected().forEach((key, tensor) -> {
            String[] parts = key.split("/", -1);
            double argument = Double.parseDouble(parts[1]);
            Image actual = switch (parts[0]) {
                case "brightness" -> ColorOps.brightness(source, argument);
                case "contrast" -> ColorOps.contrast(source, argument);
                case "saturation" -> ColorOps.saturation(source, argument);
                case "hue" -> ColorOps.hue(source, argument);
                default -> throw new AssertionError(key);
            };
            assertSame(key, actual, tensor.image());
        });
    }
}
