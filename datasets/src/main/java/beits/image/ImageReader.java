package beits.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Decodes PNG, JPEG, BMP, GIF (first frame), WebP and TIFF (first page). The format is recognised by the file's first bytes,
 * not its name. Results have the channels of the file (1, 3 or 4; grey with alpha and palettes with transparency become 4, except that
 * a palette's transparency is ignored as Pillow's {@code convert("RGB")} ignores it); call {@link Image#rgb()} for three.
 * Samples of 16 bits keep their high byte.
 */
public final class ImageReader {
    private final DecodeOptions options;

    public ImageReader(DecodeOptions options) {
        this.options = options;
    }

    /**
     * Reads a file.
     *
     * @throws PictureException when it cannot be read or is no whole picture
     */
    public Image read(Path file) {
        return decode(bytes(file), file.toString());
    }

    /** The file's bytes; files too large for any picture within the pixel limit are refused unread. */
    private byte[] bytes(Path file) {
        try {
            long size = Files.size(file);
            if (size > 16 * options.pixelLimit() + (1 << 20)) {
                throw new PictureException(file.toString(), "%d bytes, more than any picture may have".formatted(size));
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new PictureException(file.toString(), "no such file", e);
        } catch (IOException e) {
            throw new PictureException(file.toString(), "cannot be read: " + reason(e), e);
        }
    }

    /**
     * Decodes a file's bytes.
     *
     * @param name what to call these bytes in messages
     * @throws PictureException when they are no whole picture
     */
    public Image decode(byte[] data, String name) {
        ImageFormat format = ImageFormat.of(data, name);
        try {
            return switch (format) {
                case PNG -> PngReader.decode(data, name, options);
                case JPEG -> JpegReader.decode(data, name, options);
                case TIFF -> TiffReader.decode(data, name, options);
                case BMP, GIF, WEBP -> RasterReader.decode(data, name, format, options);
            };
        } catch (PictureException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The JDK's readers answer broken files with almost any unchecked exception.
            throw new PictureException(name, "broken %s: %s".formatted(format, reason(e)), e);
        }
    }

    /**
     * Reads a class mask: palette indices or grey samples as stored, 1 channel.
     *
     * @throws PictureException when the file is no whole PNG of 8-bit grey or with a palette
     */
    public Image readMask(Path file) {
        String name = file.toString();
        byte[] data = bytes(file);
        if (ImageFormat.of(data, name) != ImageFormat.PNG) {
            throw new PictureException(name, "class masks are PNG; other formats would change the classes");
        }
        return PngReader.decodeIndices(data, name, options);
    }

    static String reason(Exception e) {
        String message = e.getMessage();
        String text = message == null ? e.getClass().getSimpleName() : message;
        return text.lines().findFirst().orElse("").strip();
    }
}
