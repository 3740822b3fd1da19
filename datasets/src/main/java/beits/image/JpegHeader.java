package beits.image;

/**
 * What a JPEG's markers say before its data (ITU-T T.81, annex B).
 *
 * @param adobeTransform the colour transform of the Adobe marker: 0 none, 1 YCbCr, 2 YCCK; -1 without the marker
 * @param orientation EXIF orientation, 1 to 8; 1 when not given
 */
record JpegHeader(int height, int width, int components, int precision, int adobeTransform, int orientation) {

    /** @throws PictureException when no frame header is found */
    static JpegHeader parse(byte[] d, String name) {
        int adobe = -1;
        int orientation = 1;
        int at = 2;
        while (at + 4 <= d.length) {
            if (d[at] != (byte) 0xff) {
                at++;
                continue;
            }
            int marker = d[at + 1] & 0xff;
            if (marker == 0xff) {
                at++;
                continue;
            }
            if (marker == 0 || marker == 1 || (marker >= 0xd0 && marker <= 0xd8)) {
                at += 2;
                continue;
            }
            if (marker == 0xd9 || marker == 0xda) {
                break;
            }
            int length = unsigned16(d, at + 2);
            int body = at + 4;
            int end = at + 2 + length;
            if (length < 2 || end > d.length) {
                break;
            }
            if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
                if (end - body < 6) {
                    break;
                }
                return new JpegHeader(
                        unsigned16(d, body + 1),
                        unsigned16(d, body + 3),
                        d[body + 5] & 0xff,
                        d[body] & 0xff,
                        adobe,
                        orientation);
            }
            if (marker == 0xee && end - body >= 12 && matches(d, body, "Adobe")) {
                adobe = d[body + 11] & 0xff;
            }
            if (marker == 0xe1 && end - body >= 14 && matches(d, body, "Exif\0\0")) {
                orientation = orientation(d, body + 6, end);
            }
            at = end;
        }
        throw new PictureException(name, "broken JPEG: no frame header, %d bytes".formatted(d.length));
    }

    private static int orientation(byte[] d, int tiff, int end) {
        boolean little = d[tiff] == 'I';
        long first = value(d, tiff + 4, 4, little);
        long directory = tiff + first;
        if (first < 8 || directory + 2 > end) {
            return 1;
        }
        int entries = (int) value(d, (int) directory, 2, little);
        for (int i = 0; i < entries; i++) {
            int entry = (int) directory + 2 + 12 * i;
            if (entry + 12 > end) {
                return 1;
            }
            if (value(d, entry, 2, little) == 0x112) {
                int found = (int) value(d, entry + 8, 2, little);
                return found >= 1 && found <= 8 ? found : 1;
            }
        }
        return 1;
    }

    private static long value(byte[] d, int at, int bytes, boolean little) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | (d[at + (little ? bytes - 1 - i : i)] & 0xff);
        }
        return value;
    }

    private static int unsigned16(byte[] d, int at) {
        return (d[at] & 0xff) << 8 | (d[at + 1] & 0xff);
    }

    private static boolean matches(byte[] d, int at, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (d[at + i] != (byte) text.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
