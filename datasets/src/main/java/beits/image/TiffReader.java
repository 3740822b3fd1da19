package beits.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The first page of a TIFF through ImageIO: grey, RGB or a palette of up to 16 bits. Its orientation always turns it, as in Pillow,
 * whatever {@link DecodeOptions} say of JPEG's.
 */
final class TiffReader {
    private TiffReader() {}

    static Image decode(byte[] data, String name, DecodeOptions options) throws IOException {
        javax.imageio.ImageReader reader =
                ImageIO.getImageReadersByFormatName("tiff").next();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(data))) {
            reader.setInput(in, true, false);
            options.check(name, reader.getHeight(0), reader.getWidth(0));
            TIFFDirectory tags = TIFFDirectory.createFromMetadata(reader.getImageMetadata(0));
            requireSupported(tags, name);
            requireWhole(tags, data.length, name);
            Image picture = RasterReader.ofBuffered(withHighBytes(reader.read(0), tags));
            TIFFField orientation = tags.getTIFFField(BaselineTIFFTagSet.TAG_ORIENTATION);
            return orientation == null ? picture : picture.oriented(orientation.getAsInt(0));
        } finally {
            reader.dispose();
        }
    }

    /** A palette's colours have 16 bits, of which the reader rounds and Pillow takes the upper eight. */
    private static BufferedImage withHighBytes(BufferedImage picture, TIFFDirectory tags) {
        TIFFField colours = tags.getTIFFField(BaselineTIFFTagSet.TAG_COLOR_MAP);
        if (colours == null || !(picture.getColorModel() instanceof IndexColorModel model)) {
            return picture;
        }
        int count = colours.getCount() / 3;
        byte[][] bytes = new byte[3][count];
        for (int i = 0; i < 3 * count; i++) {
            bytes[i / count][i % count] = (byte) (colours.getAsInt(i) >> 8);
        }
        return new BufferedImage(
                new IndexColorModel(model.getPixelSize(), count, bytes[0], bytes[1], bytes[2]),
                picture.getRaster(),
                false,
                null);
    }

    private static void requireSupported(TIFFDirectory tags, String name) {
        TIFFField samples = tags.getTIFFField(BaselineTIFFTagSet.TAG_SAMPLES_PER_PIXEL);
        if (samples != null && samples.getAsInt(0) > 4) {
            throw new PictureException(
                    name, "TIFF of %d channels is not supported; keep one or three".formatted(samples.getAsInt(0)));
        }
        TIFFField interpretation = tags.getTIFFField(BaselineTIFFTagSet.TAG_PHOTOMETRIC_INTERPRETATION);
        if (interpretation == null) {
            throw new PictureException(name, "broken TIFF: does not say what its samples mean");
        }
        int colours = interpretation.getAsInt(0);
        boolean known = colours == BaselineTIFFTagSet.PHOTOMETRIC_INTERPRETATION_WHITE_IS_ZERO
                || colours == BaselineTIFFTagSet.PHOTOMETRIC_INTERPRETATION_BLACK_IS_ZERO
                || colours == BaselineTIFFTagSet.PHOTOMETRIC_INTERPRETATION_RGB
                || colours == BaselineTIFFTagSet.PHOTOMETRIC_INTERPRETATION_PALETTE_COLOR
                || colours == BaselineTIFFTagSet.PHOTOMETRIC_INTERPRETATION_Y_CB_CR;
        TIFFField bits = tags.getTIFFField(BaselineTIFFTagSet.TAG_BITS_PER_SAMPLE);
        TIFFField format = tags.getTIFFField(BaselineTIFFTagSet.TAG_SAMPLE_FORMAT);
        boolean whole = format == null || format.getAsInt(0) == BaselineTIFFTagSet.SAMPLE_FORMAT_UNSIGNED_INTEGER;
        if (!known || !whole || bits != null && bits.getAsInt(0) > 16) {
            throw new PictureException(
                    name,
                    "only TIFFs of grey, RGB or a palette and of whole numbers up to 16 bits are supported; convert it");
        }
    }

    /** Of a cut file the reader gives what there is. */
    private static void requireWhole(TIFFDirectory tags, int length, String name) {
        requireWithin(
                tags.getTIFFField(BaselineTIFFTagSet.TAG_STRIP_OFFSETS),
                tags.getTIFFField(BaselineTIFFTagSet.TAG_STRIP_BYTE_COUNTS),
                length,
                name);
        requireWithin(
                tags.getTIFFField(BaselineTIFFTagSet.TAG_TILE_OFFSETS),
                tags.getTIFFField(BaselineTIFFTagSet.TAG_TILE_BYTE_COUNTS),
                length,
                name);
    }

    private static void requireWithin(
            @Nullable TIFFField offsets, @Nullable TIFFField counts, int length, String name) {
        if (offsets == null || counts == null) {
            return;
        }
        for (int i = 0; i < Math.min(offsets.getCount(), counts.getCount()); i++) {
            if (offsets.getAsLong(i) + counts.getAsLong(i) > length) {
                throw new PictureException(name, "broken TIFF: truncated after %d bytes".formatted(length));
            }
        }
    }
}
