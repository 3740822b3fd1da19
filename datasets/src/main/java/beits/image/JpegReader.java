package beits.image;

import com.twelvemonkeys.imageio.plugins.jpeg.JPEGImageReaderSpi;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * JPEG: baseline and progressive; grey, YCbCr, RGB, CMYK and YCCK. Four-component files are converted with Pillow's
 * arithmetic, because a colour-managed conversion gives other numbers.
 */
final class JpegReader {
    private static final ImageReaderSpi PROVIDER = provider();

    private JpegReader() {}

    static Image decode(byte[] data, String name, DecodeOptions options) throws IOException {
        JpegHeader header = JpegHeader.parse(data, name);
        options.check(name, header.height(), header.width());
        if (header.precision() != 8) {
            throw new PictureException(name, "JPEG of %d bits a sample; 8 are supported".formatted(header.precision()));
        }
        if (header.components() != 1 && header.components() != 3 && header.components() != 4) {
            throw new PictureException(
                    name, "JPEG of %d components; 1, 3 or 4 are supported".formatted(header.components()));
        }
        Image picture = options.turboJpeg().isPresent() && header.components() != 4
                ? options.turboJpeg().get().decode(data, name, header)
                : decodeWithJdk(data, name, header);
        return options.applyOrientation() ? picture.oriented(header.orientation()) : picture;
    }

    private static Image decodeWithJdk(byte[] data, String name, JpegHeader header) throws IOException {
        List<String> faults = new ArrayList<>();
        javax.imageio.ImageReader reader = PROVIDER.createReaderInstance(null);
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(data))) {
            reader.addIIOReadWarningListener((IIOReadWarningListener) (source, warning) -> {
                if (serious(warning)) {
                    faults.add(warning.strip());
                }
            });
            reader.setInput(in, true, true);
            Image picture;
            if (header.components() == 4) {
                picture = fourComponents(reader.readRaster(0, null), header.adobeTransform());
            } else {
                picture = RasterReader.ofBuffered(reader.read(0));
            }
            if (!faults.isEmpty()) {
                throw new PictureException(name, "broken JPEG: " + faults.getFirst());
            }
            if (picture.height() != header.height() || picture.width() != header.width()) {
                throw new PictureException(
                        name,
                        "broken JPEG: declares %d x %d pixels and holds %d x %d"
                                .formatted(header.height(), header.width(), picture.height(), picture.width()));
            }
            return picture;
        } finally {
            reader.dispose();
        }
    }

    /** TwelveMonkeys' reader accepts the irregular files that the JDK's alone refuses. */
    private static ImageReaderSpi provider() {
        var readers = ImageIO.getImageReadersByFormatName("jpeg");
        while (readers.hasNext()) {
            ImageReaderSpi provider = readers.next().getOriginatingProvider();
            if (provider instanceof JPEGImageReaderSpi) {
                return provider;
            }
        }
        throw new IllegalStateException("imageio-jpeg is not on the class path");
    }

    /** libjpeg's warnings that mean lost data; bytes between segments are common in real files and harmless. */
    static boolean serious(String warning) {
        String text = warning.toLowerCase(Locale.ROOT);
        return text.contains("premature end") || (text.contains("corrupt") && !text.contains("extraneous bytes"));
    }

    /** Pillow's: Adobe files hold inverted inks; R = 255 − K − C (255 − K) / 255, rounded, and likewise G and B. */
    private static Image fourComponents(Raster raster, int adobeTransform) {
        Image inks = RasterReader.ofRaster(raster);
        byte[] in = inks.pixels();
        byte[] out = new byte[inks.height() * inks.width() * 3];
        int[] cmyk = new int[4];
        for (int i = 0; i < out.length / 3; i++) {
            for (int c = 0; c < 4; c++) {
                cmyk[c] = in[4 * i + c] & 0xff;
            }
            if (adobeTransform == 2) {
                ycckToCmyk(cmyk);
            }
            int light = adobeTransform >= 0 ? cmyk[3] : 255 - cmyk[3];
            for (int c = 0; c < 3; c++) {
                int ink = adobeTransform >= 0 ? 255 - cmyk[c] : cmyk[c];
                int product = ink * light + 128;
                out[3 * i + c] = (byte) Math.clamp(light - (((product >> 8) + product) >> 8), 0, 255);
            }
        }
        return new Image(inks.height(), inks.width(), 3, out);
    }

    /** libjpeg's YCCK to CMYK: the YCbCr to RGB transform in 16-bit fixed point, then inverted. */
    private static void ycckToCmyk(int[] p) {
        int y = p[0];
        int cb = p[1] - 128;
        int cr = p[2] - 128;
        int r = y + ((91881 * cr + 32768) >> 16);
        int g = y + ((-22554 * cb - 46802 * cr + 32768) >> 16);
        int b = y + ((116130 * cb + 32768) >> 16);
        p[0] = 255 - Math.clamp(r, 0, 255);
        p[1] = 255 - Math.clamp(g, 0, 255);
        p[2] = 255 - Math.clamp(b, 0, 255);
    }
}
