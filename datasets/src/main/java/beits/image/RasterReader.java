package beits.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.w3c.dom.NodeList;

/** BMP, GIF (first frame) and WebP through ImageIO. Samples are taken from the raster, so no colour profile changes them. */
final class RasterReader {
    private RasterReader() {}

    static Image decode(byte[] data, String name, ImageFormat format, DecodeOptions options) throws IOException {
        var readers = ImageIO.getImageReadersByFormatName(format.name().toLowerCase(Locale.ROOT));
        if (!readers.hasNext()) {
            throw new PictureException(name, "no reader for %s on the class path".formatted(format));
        }
        switch (format) {
            case WEBP -> requireWholeRiff(data, name);
            case BMP -> requireWholeBmp(data, name);
            case GIF, PNG, JPEG, TIFF -> {}
        }
        javax.imageio.ImageReader reader = readers.next();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(data))) {
            reader.setInput(in, true, format != ImageFormat.GIF);
            options.check(name, reader.getHeight(0), reader.getWidth(0));
            if (format == ImageFormat.GIF) {
                return gif(reader, name, options);
            }
            ImageReadParam plain = reader.getDefaultReadParam();
            return ofBuffered(reader.read(0, plain));
        } finally {
            reader.dispose();
        }
    }

    /** The WebP reader fills what a cut file lacks with anything, so the container's own length is compared first. */
    private static void requireWholeRiff(byte[] data, String name) {
        long declared = data.length < 12
                ? Long.MAX_VALUE
                : 8
                        + Integer.toUnsignedLong(ByteBuffer.wrap(data)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .getInt(4));
        if (declared > data.length) {
            throw new PictureException(name, "broken WebP: truncated after %d bytes".formatted(data.length));
        }
    }

    /**
     * The BMP reader allocates whatever the header declares for embedded files, palettes and pixels, so these are compared
     * with the file's length first.
     */
    private static void requireWholeBmp(byte[] data, String name) {
        ByteBuffer in = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        if (data.length < 54) {
            throw new PictureException(name, "broken BMP: truncated after %d bytes".formatted(data.length));
        }
        long pixels = Integer.toUnsignedLong(in.getInt(10));
        boolean old = in.getInt(14) == 12;
        int width = old ? in.getShort(18) : in.getInt(18);
        int height = old ? in.getShort(20) : in.getInt(22);
        int bits = in.getShort(old ? 24 : 28);
        int compression = old ? 0 : in.getInt(30);
        int colours = old ? 0 : in.getInt(46);
        if (compression < 0 || compression > 3 || colours < 0 || colours > 256 || bits < 1 || bits > 32) {
            throw new PictureException(
                    name,
                    "BMP of %d bits, compression %d, %d colours is not supported"
                            .formatted(bits, compression, colours));
        }
        boolean runLength = compression == 1 || compression == 2;
        long needed = runLength ? 0 : ((long) width * bits + 31) / 32 * 4 * Math.abs((long) height);
        if (pixels > data.length || needed > data.length - pixels) {
            throw new PictureException(
                    name, "broken BMP: %d bytes of pixels at %d in %d bytes".formatted(needed, pixels, data.length));
        }
    }

    /** Places the first frame on the GIF's screen; what it leaves free shows its transparent colour, or colour 0. */
    private static Image gif(javax.imageio.ImageReader reader, String name, DecodeOptions options) throws IOException {
        BufferedImage frame = reader.read(0);
        Image picture = ofBuffered(frame).rgb();
        IIOMetadata stream = reader.getStreamMetadata();
        int width = attribute(stream, "LogicalScreenDescriptor", "logicalScreenWidth", frame.getWidth());
        int height = attribute(stream, "LogicalScreenDescriptor", "logicalScreenHeight", frame.getHeight());
        IIOMetadata meta = reader.getImageMetadata(0);
        int left = attribute(meta, "ImageDescriptor", "imageLeftPosition", 0);
        int top = attribute(meta, "ImageDescriptor", "imageTopPosition", 0);
        if (left == 0 && top == 0 && width == picture.width() && height == picture.height()) {
            return picture;
        }
        options.check(name, height, width);
        if (top + picture.height() > height || left + picture.width() > width) {
            throw new PictureException(name, "broken GIF: its first frame leaves the screen");
        }
        IndexColorModel colours = (IndexColorModel) frame.getColorModel();
        int background = colours.getRGB(Math.max(0, colours.getTransparentPixel()));
        Image screen = Image.blank(height, width, 3);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                boolean inside = y >= top && y < top + picture.height() && x >= left && x < left + picture.width();
                for (int c = 0; c < 3; c++) {
                    screen.pixels()[(y * width + x) * 3 + c] =
                            (byte) (inside ? picture.at(y - top, x - left, c) : background >> (16 - 8 * c));
                }
            }
        }
        return screen;
    }

    private static int attribute(IIOMetadata metadata, String element, String attribute, int otherwise) {
        var root = (javax.imageio.metadata.IIOMetadataNode) metadata.getAsTree(metadata.getNativeMetadataFormatName());
        NodeList nodes = root.getElementsByTagName(element);
        if (nodes.getLength() == 0) {
            return otherwise;
        }
        return Integer.parseInt(((org.w3c.dom.Element) nodes.item(0)).getAttribute(attribute));
    }

    /** The samples as they lie in the raster; a palette is looked up, its transparency dropped. */
    static Image ofBuffered(BufferedImage picture) {
        Raster raster = picture.getRaster();
        int width = raster.getWidth();
        int height = raster.getHeight();
        if (picture.getColorModel() instanceof IndexColorModel colours) {
            Image out = Image.blank(height, width, 3);
            int[] row = new int[width];
            for (int y = 0; y < height; y++) {
                raster.getSamples(0, y, width, 1, 0, row);
                for (int x = 0; x < width; x++) {
                    int rgb = colours.getRGB(row[x]);
                    int to = (y * width + x) * 3;
                    out.pixels()[to] = (byte) (rgb >> 16);
                    out.pixels()[to + 1] = (byte) (rgb >> 8);
                    out.pixels()[to + 2] = (byte) rgb;
                }
            }
            return out;
        }
        return ofRaster(raster);
    }

    /** Bands as channels: 1 grey, 2 grey and alpha, 3 and 4 colours. Deeper samples keep their high byte. */
    static Image ofRaster(Raster raster) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        int bands = raster.getNumBands();
        if (bands < 1 || bands > 4) {
            throw new IllegalArgumentException("%d bands".formatted(bands));
        }
        int channels = bands == 2 ? 4 : bands;
        byte[] out = new byte[height * width * channels];
        int[] row = new int[width * bands];
        int[] size = raster.getSampleModel().getSampleSize();
        for (int y = 0; y < height; y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < channels; c++) {
                    int band = bands == 2 ? c / 3 : c;
                    int value = row[x * bands + band];
                    int to = (y * width + x) * channels + c;
                    out[to] = (byte)
                            (size[band] >= 8 ? value >> (size[band] - 8) : value * 255 / ((1 << size[band]) - 1));
                }
            }
        }
        return new Image(height, width, channels, out);
    }
}
