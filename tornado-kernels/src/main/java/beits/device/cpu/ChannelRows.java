package beits.device.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Some rows of a picture turned round so that neighbouring pixels of a channel lie side by side, with zeros around the picture:
 * {@code [channel][row][phase][place]}, where column {@code place·stride + phase} of the row is at {@code place} of its phase. Pixels
 * that windows {@code stride} apart read at the same place of the window are then neighbours too, so windows are copied in vectors.
 */
final class ChannelRows {
    /** A vector may be read or written beyond the end of a row. */
    private static final int SLACK = 16;

    private final MemorySegment picture;
    private final boolean channelsFirst;
    private final int channels;
    private final int height;
    private final int width;
    private final int stride;
    private final int left;
    private final int places;
    private final long readable;

    /**
     * Rows of pictures [batch, height, width, channels] or [batch, channels, height, width].
     *
     * @param stride step of the windows
     * @param left column of the picture at place 0 of phase 0, often negative
     * @param places places of a row and phase
     */
    ChannelRows(
            MemorySegment picture,
            boolean channelsFirst,
            int channels,
            int height,
            int width,
            int stride,
            int left,
            int places) {
        this.picture = picture;
        this.channelsFirst = channelsFirst;
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.stride = stride;
        this.left = left;
        this.places = places;
        this.readable = picture.byteSize() / Float.BYTES;
    }

    /** Elements of one row of a channel: all phases. */
    int rowLength() {
        return stride * places;
    }

    /** Elements from a channel to the next when {@code rows} rows are kept. */
    int channelLength(int rows) {
        int length = Pieces.ceil(rows * rowLength() + SLACK, SLACK) * SLACK;
        // Channels a multiple of 4 KB apart would share a few sets of the first-level cache.
        return length % 256 == 0 ? length + SLACK : length;
    }

    /**
     * Fills in channels {@code from} to {@code to} of {@code rows} rows.
     *
     * @param image number of the picture
     * @param top first row, outside the picture where negative
     */
    void fill(int image, int from, int to, int top, int rows, float[] target, int at) {
        int step = channelLength(rows);
        for (int row = 0; row < rows; row++) {
            int y = top + row;
            for (int phase = 0; phase < stride; phase++) {
                int rowAt = at + row * rowLength() + phase * places;
                int first = Math.clamp(Pieces.ceil(-left - phase, stride), 0, places);
                int last = Math.clamp(Pieces.ceil(width - left - phase, stride), first, places);
                if (y < 0 || y >= height || first == last) {
                    zero(target, rowAt, step, to - from, 0, places);
                    continue;
                }
                int x = left + phase + first * stride;
                if (channelsFirst) {
                    copyRows(image, from, to, y, x, last - first, target, rowAt + first, step);
                } else {
                    long pixel = (((long) image * height + y) * width + x) * channels;
                    turn(pixel + from, to - from, last - first, target, rowAt + first, step);
                }
                zero(target, rowAt, step, to - from, 0, first);
                zero(target, rowAt, step, to - from, last, places);
            }
        }
    }

    private static void zero(float[] target, int at, int step, int channels, int from, int to) {
        if (from < to) {
            for (int c = 0; c < channels; c++) {
                Arrays.fill(target, at + c * step + from, at + c * step + to, 0f);
            }
        }
    }

    private void copyRows(int image, int from, int to, int y, int x, int count, float[] target, int at, int step) {
        for (int c = from; c < to; c++) {
            long source = (((long) image * channels + c) * height + y) * width + x;
            int row = at + (c - from) * step;
            if (stride == 1) {
                MemorySegment.copy(picture, ValueLayout.JAVA_FLOAT, source * Float.BYTES, target, row, count);
            } else {
                for (int i = 0; i < count; i++) {
                    target[row + i] = Lanes.get(picture, source + (long) i * stride);
                }
            }
        }
    }

    /** Turns {@code count} pixels from {@code source} on; a whole block may write beyond them. */
    private void turn(long source, int count, int size, float[] target, int at, int step) {
        int channelsDone = 0;
        long pixelStep = (long) stride * channels;
        if (Packing.TRANSPOSES) {
            for (; channelsDone + Lanes.COUNT <= count; channelsDone += Lanes.COUNT) {
                int to = at + channelsDone * step;
                int done = 0;
                for (; done < size; done += Lanes.COUNT) {
                    long block = source + channelsDone + done * pixelStep;
                    if (block + (Lanes.COUNT - 1) * pixelStep + Lanes.COUNT > readable) {
                        break;
                    }
                    Packing.square(picture, block, pixelStep, target, to + done, step);
                }
                turnOneByOne(
                        source + channelsDone + done * pixelStep,
                        pixelStep,
                        Lanes.COUNT,
                        size - done,
                        target,
                        to + done,
                        step);
            }
        }
        turnOneByOne(
                source + channelsDone, pixelStep, count - channelsDone, size, target, at + channelsDone * step, step);
    }

    private void turnOneByOne(long source, long pixelStep, int channels, int pixels, float[] target, int at, int step) {
        for (int i = 0; i < pixels; i++) {
            long pixel = source + i * pixelStep;
            int to = at + i;
            for (int c = 0; c < channels; c++) {
                target[to] = Lanes.get(picture, pixel + c);
                to += step;
            }
        }
    }
}
