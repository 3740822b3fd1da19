package beits.image;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * PNG of every colour type and depth (PNG specification, third edition). Unlike the JDK's reader it checks every chunk's
 * CRC and never applies a gamma, so that a damaged file is refused and grey samples come out as stored.
 */
final class PngReader {
    private static final int IHDR = 0x49484452;
    private static final int PLTE = 0x504c5445;
    private static final int IDAT = 0x49444154;
    private static final int IEND = 0x49454e44;

    /** Adam7: first column, first row, column step, row step of each pass. */
    private static final int[][] PASSES = {
        {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
    };

    private static final int[][] WHOLE = {{0, 0, 1, 1}};

    private record Header(int width, int height, int depth, int colour, boolean interlaced) {
        int samples() {
            return switch (colour) {
                case 2 -> 3;
                case 4 -> 2;
                case 6 -> 4;
                default -> 1;
            };
        }

        long rowBytes(int columns) {
            return ((long) columns * samples() * depth + 7) / 8;
        }

        int stepBytes() {
            return Math.max(1, samples() * depth / 8);
        }
    }

    private final String name;
    private final boolean indices;
    private final Inflater inflater = new Inflater();
    private @Nullable Header header;
    private byte @Nullable [] palette;
    private byte @Nullable [] filtered;
    private int filled;

    private PngReader(String name, boolean indices) {
        this.name = name;
        this.indices = indices;
    }

    static Image decode(byte[] data, String name, DecodeOptions options) {
        return decode(data, options, new PngReader(name, false));
    }

    /** Palette indices or grey samples as they are stored, 1 channel: how class masks are kept. */
    static Image decodeIndices(byte[] data, String name, DecodeOptions options) {
        return decode(data, options, new PngReader(name, true));
    }

    private static Image decode(byte[] data, DecodeOptions options, PngReader reader) {
        try {
            return reader.read(data, options);
        } catch (DataFormatException e) {
            throw new PictureException(reader.name, "broken PNG data: " + ImageReader.reason(e), e);
        } finally {
            reader.inflater.end();
        }
    }

    private Image read(byte[] data, DecodeOptions options) throws DataFormatException {
        ByteBuffer in = ByteBuffer.wrap(data).position(8);
        boolean ended = false;
        while (!ended) {
            if (in.remaining() < 12) {
                throw broken("truncated after %d bytes".formatted(data.length));
            }
            int length = in.getInt();
            int type = in.getInt(in.position());
            if (length < 0 || length > in.remaining() - 8) {
                throw broken("truncated: a chunk of %d bytes where %d are left"
                        .formatted(Integer.toUnsignedLong(length), in.remaining() - 8));
            }
            checkCrc(data, in.position(), length);
            int body = in.position() + 4;
            if (header == null && type != IHDR) {
                throw broken("does not begin with IHDR");
            }
            switch (type) {
                case IHDR -> start(ByteBuffer.wrap(data, body, length), options);
                case PLTE -> palette = java.util.Arrays.copyOfRange(data, body, body + length);
                case IDAT -> inflate(data, body, length);
                case IEND -> ended = true;
                default -> {}
            }
            in.position(body + length + 4);
        }
        return picture();
    }

    private void checkCrc(byte[] data, int from, int length) {
        CRC32 crc = new CRC32();
        crc.update(data, from, length + 4);
        if ((int) crc.getValue() != ByteBuffer.wrap(data).getInt(from + 4 + length)) {
            throw broken("damaged: a chunk's checksum is wrong");
        }
    }

    private void start(ByteBuffer body, DecodeOptions options) {
        if (header != null || body.remaining() != 13) {
            throw broken("header of %d bytes, or a second one".formatted(body.remaining()));
        }
        int width = body.getInt();
        int height = body.getInt();
        int depth = body.get();
        int colour = body.get();
        int compression = body.get();
        int filter = body.get();
        int interlace = body.get();
        boolean known = switch (colour) {
            case 0 -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
            case 3 -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
            case 2, 4, 6 -> depth == 8 || depth == 16;
            default -> false;
        };
        if (!known || compression != 0 || filter != 0 || interlace < 0 || interlace > 1) {
            throw broken("colour type %d with %d bits, compression %d, filter %d, interlace %d"
                    .formatted(colour, depth, compression, filter, interlace));
        }
        options.check(name, height, width);
        Header h = new Header(width, height, depth, colour, interlace == 1);
        header = h;
        long bytes = 0;
        for (int[] pass : h.interlaced ? PASSES : WHOLE) {
            int columns = extent(width, pass[0], pass[2]);
            int rows = extent(height, pass[1], pass[3]);
            bytes += columns == 0 ? 0 : rows * (1 + h.rowBytes(columns));
        }
        filtered = new byte[Math.toIntExact(bytes)];
    }

    private void inflate(byte[] data, int from, int length) throws DataFormatException {
        byte[] out = filtered;
        if (out == null) {
            throw broken("data before the header");
        }
        inflater.setInput(data, from, length);
        byte[] surplus = new byte[1];
        while (!inflater.needsInput() && !inflater.finished()) {
            // Inflating one byte beyond the picture is what makes the inflater check its own checksum.
            int n = filled < out.length
                    ? inflater.inflate(out, filled, out.length - filled)
                    : inflater.inflate(surplus);
            if (filled == out.length && n > 0) {
                throw broken("more data than %d bytes of pixels".formatted(out.length));
            }
            if (n == 0 && inflater.needsDictionary()) {
                throw broken("data that wants a preset dictionary");
            }
            filled += n;
        }
    }

    private Image picture() {
        Header h = header;
        byte[] data = filtered;
        if (h == null || data == null || filled < data.length) {
            throw broken(
                    "truncated: %d bytes of pixels are missing".formatted(data == null ? 0 : data.length - filled));
        }
        byte[] colours = palette;
        if (h.colour == 3 && (colours == null || colours.length == 0 || colours.length % 3 != 0)) {
            throw broken("a palette picture without a palette");
        }
        if (indices && (h.colour == 2 || h.colour == 4 || h.colour == 6 || h.depth == 16)) {
            throw new PictureException(
                    name,
                    "not a class mask: colour type %d of %d bits; use 8-bit grey or a palette"
                            .formatted(h.colour, h.depth));
        }
        int channels = indices || h.colour == 0 ? 1 : h.colour == 4 || h.colour == 6 ? 4 : 3;
        Image image = Image.blank(h.height, h.width, channels);
        int at = 0;
        for (int[] pass : h.interlaced ? PASSES : WHOLE) {
            int columns = extent(h.width, pass[0], pass[2]);
            int rows = extent(h.height, pass[1], pass[3]);
            if (columns == 0) {
                continue;
            }
            int rowBytes = (int) h.rowBytes(columns);
            for (int r = 0; r < rows; r++) {
                unfilter(data, at, rowBytes, h.stepBytes(), r > 0);
                int y = pass[1] + r * pass[3];
                unpack(h, data, at + 1, columns, image, y, pass[0], pass[2], colours);
                at += 1 + rowBytes;
            }
        }
        return image;
    }

    private static int extent(int size, int first, int step) {
        return size <= first ? 0 : (size - first + step - 1) / step;
    }

    /** Undoes the row's filter in place; the row above lies right before it. */
    private void unfilter(byte[] d, int at, int rowBytes, int step, boolean hasAbove) {
        int filter = d[at];
        int row = at + 1;
        int above = at - rowBytes;
        switch (filter) {
            case 0 -> {}
            case 1 -> {
                for (int i = step; i < rowBytes; i++) {
                    d[row + i] += d[row + i - step];
                }
            }
            case 2 -> {
                for (int i = 0; hasAbove && i < rowBytes; i++) {
                    d[row + i] += d[above + i];
                }
            }
            case 3 -> {
                for (int i = 0; i < rowBytes; i++) {
                    int left = i < step ? 0 : d[row + i - step] & 0xff;
                    int up = hasAbove ? d[above + i] & 0xff : 0;
                    d[row + i] += (byte) ((left + up) / 2);
                }
            }
            case 4 -> {
                for (int i = 0; i < rowBytes; i++) {
                    int left = i < step ? 0 : d[row + i - step] & 0xff;
                    int up = hasAbove ? d[above + i] & 0xff : 0;
                    int corner = i < step || !hasAbove ? 0 : d[above + i - step] & 0xff;
                    d[row + i] += (byte) paeth(left, up, corner);
                }
            }
            default -> throw broken("row filter " + filter);
        }
    }

    private static int paeth(int left, int up, int corner) {
        int p = left + up - corner;
        int toLeft = Math.abs(p - left);
        int toUp = Math.abs(p - up);
        int toCorner = Math.abs(p - corner);
        if (toLeft <= toUp && toLeft <= toCorner) {
            return left;
        }
        return toUp <= toCorner ? up : corner;
    }

    private void unpack(
            Header h,
            byte[] d,
            int row,
            int columns,
            Image image,
            int y,
            int x0,
            int xStep,
            byte @Nullable [] colours) {
        byte[] out = image.pixels();
        int channels = image.channels();
        int to = (y * h.width + x0) * channels;
        int bytesPerSample = h.depth == 16 ? 2 : 1;
        for (int x = 0; x < columns; x++, to += xStep * channels) {
            int from = row + x * h.samples() * bytesPerSample;
            if (indices) {
                out[to] = (byte) sample(d, row, x, h.depth);
                continue;
            }
            switch (h.colour) {
                case 0 ->
                    out[to] = (byte) (h.depth == 16 ? d[from] : sample(d, row, x, h.depth) * (255 / mask(h.depth)));
                case 3 -> {
                    int index = 3 * sample(d, row, x, h.depth);
                    if (colours == null || index >= colours.length) {
                        throw broken("colour %d of a palette of %d"
                                .formatted(index / 3, colours == null ? 0 : colours.length / 3));
                    }
                    System.arraycopy(colours, index, out, to, 3);
                }
                case 4 -> {
                    out[to] = d[from];
                    out[to + 1] = d[from];
                    out[to + 2] = d[from];
                    out[to + 3] = d[from + bytesPerSample];
                }
                default -> {
                    for (int c = 0; c < channels; c++) {
                        out[to + c] = d[from + c * bytesPerSample];
                    }
                }
            }
        }
    }

    private static int mask(int depth) {
        return (1 << Math.min(depth, 8)) - 1;
    }

    private static int sample(byte[] d, int row, int x, int depth) {
        int bit = x * depth;
        return (d[row + bit / 8] >> (8 - depth - bit % 8)) & mask(depth);
    }

    private PictureException broken(String reason) {
        return new PictureException(name, "broken PNG: " + reason);
    }
}
