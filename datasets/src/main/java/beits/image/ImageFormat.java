package beits.image;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** File formats, recognised by their first bytes. */
public enum ImageFormat {
    PNG,
    JPEG,
    BMP,
    GIF,
    WEBP,
    TIFF;

    /**
     * The format of a file's bytes.
     *
     * @throws PictureException when they begin like none of the formats
     */
    public static ImageFormat of(byte[] data, String name) {
        if (data.length == 0) {
            throw new PictureException(name, "empty file");
        }
        if (starts(data, 0, "\u0089PNG\r\n\u001a\n")) {
            return PNG;
        }
        if (starts(data, 0, "\u00ff\u00d8\u00ff")) {
            return JPEG;
        }
        if (starts(data, 0, "GIF87a") || starts(data, 0, "GIF89a")) {
            return GIF;
        }
        if (starts(data, 0, "RIFF") && starts(data, 8, "WEBP")) {
            return WEBP;
        }
        if (starts(data, 0, "II*\0") || starts(data, 0, "MM\0*")) {
            return TIFF;
        }
        if (starts(data, 0, "BM")) {
            return BMP;
        }
        throw new PictureException(name, "not a PNG, JPEG, BMP, GIF, WebP or TIFF picture");
    }

    /** Whether a file name ends like one of the formats; how folders are searched. */
    public static boolean named(String fileName) {
        String lower = fileName.toLowerCase(Locale.ROOT);
        return lower.endsWith(".png")
                || lower.endsWith(".jpg")
                || lower.endsWith(".jpeg")
                || lower.endsWith(".bmp")
                || lower.endsWith(".gif")
                || lower.endsWith(".webp")
                || lower.endsWith(".tif")
                || lower.endsWith(".tiff");
    }

    private static boolean starts(byte[] data, int at, String magic) {
        byte[] expected = magic.getBytes(StandardCharsets.ISO_8859_1);
        if (data.length < at + expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if (data[at + i] != expected[i]) {
                return false;
            }
        }
        return true;
    }
}
