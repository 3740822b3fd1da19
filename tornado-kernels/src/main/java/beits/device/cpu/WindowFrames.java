package beits.device.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Square windows of pictures with channels last that reach over an edge, copied with zeros outside: one at a time for each worker. */
final class WindowFrames {
    private final MemorySegment pictures;
    private final int height;
    private final int width;
    private final int channels;
    private final int side;
    private final int room;
    private final MemorySegment[] frames;

    /**
     * Frames for pictures [batch, height, width, channels].
     *
     * @param side of a window
     * @param room channels that a frame has room for
     */
    WindowFrames(MemorySegment pictures, int height, int width, int channels, int side, int room, int workers) {
        this.pictures = pictures;
        this.height = height;
        this.width = width;
        this.channels = channels;
        this.side = side;
        this.room = room;
        this.frames = new MemorySegment[workers];
        long overhang = Lanes.COUNT - 1L;
        for (int worker = 0; worker < workers; worker++) {
            frames[worker] = Arena.ofAuto().allocate((side * (long) side * room + overhang) * Float.BYTES, 64);
        }
    }

    /** The element of a picture's pixel, which may lie outside. */
    long at(int image, int y, int x) {
        return (((long) image * height + y) * width + x) * channels;
    }

    /** How many windows two pixels apart from column x on, at most {@code count}, lie inside the picture; 0 where the first does not. */
    int inside(int y, int x, int count) {
        return y < 0 || y + side > height || x < 0 ? 0 : Math.clamp((width - x - side + 2) / 2, 0, count);
    }

    /** Elements from a pixel of a frame to the next. */
    int pixelStep() {
        return room;
    }

    /** Elements from a row of a frame to the next. */
    int rowStep() {
        return side * room;
    }

    /** The window whose corner is (y, x), some of its channels. */
    MemorySegment copy(int worker, int image, int y, int x, int channel, int count) {
        MemorySegment frame = frames[worker];
        long bytes = (long) count * Float.BYTES;
        for (int i = 0; i < side * side; i++) {
            int py = y + i / side;
            int px = x + i % side;
            long to = (long) i * room * Float.BYTES;
            if (py >= 0 && py < height && px >= 0 && px < width) {
                MemorySegment.copy(pictures, (at(image, py, px) + channel) * Float.BYTES, frame, to, bytes);
            } else {
                frame.asSlice(to, bytes).fill((byte) 0);
            }
        }
        return frame;
    }
}
