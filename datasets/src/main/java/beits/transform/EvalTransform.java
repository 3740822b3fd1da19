package beits.transform;

import beits.image.Box;
import beits.image.Image;
import beits.image.Resampling;
import beits.image.Resize;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * The official evaluation transform (quirk 27): the short side to {@code int(size / cropPct)}, bicubic, then the central
 * square. Sizes of 32 and below are taken as they are when the picture has that size already.
 *
 * @param size side of the square that the network reads
 * @param cropPct share of the resized short side that the square keeps
 */
public record EvalTransform(int size, double cropPct) implements PictureTransform {
    public EvalTransform {
        if (size < 1 || !(cropPct > 0) || cropPct > 1) {
            throw new IllegalArgumentException(
                    "size %d, cropPct %s: at least 1 and within (0, 1]".formatted(size, cropPct));
        }
    }

    /** The official share: 224/256 below 384 pixels, the whole from 384 on. */
    public EvalTransform(int size) {
        this(size, size < 384 ? 224.0 / 256 : 1);
    }

    @Override
    public Image apply(Image image, UniformRandomProvider rng) {
        return apply(image);
    }

    /** Resized and cropped, {@code size} x {@code size}. */
    public Image apply(Image image) {
        if (size <= 32 && image.height() == size && image.width() == size) {
            return image;
        }
        return centre(resized(image), size);
    }

    /** The picture with its short side at {@code int(size / cropPct)}, the long one in proportion, truncated. */
    public Image resized(Image image) {
        int shortSide = (int) (size / cropPct);
        int height = image.height();
        int width = image.width();
        return width <= height
                ? Resize.resize(image, (int) ((long) shortSide * height / width), shortSide, Resampling.BICUBIC)
                : Resize.resize(image, shortSide, (int) ((long) shortSide * width / height), Resampling.BICUBIC);
    }

    /** The central square; the offset's halves go to the even neighbour. */
    public static Image centre(Image image, int size) {
        int top = Draws.round((image.height() - size) / 2.0);
        int left = Draws.round((image.width() - size) / 2.0);
        return image.crop(new Box(top, left, size, size));
    }
}
