package beits.transform;

import beits.image.Image;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * A black border of {@code padding} pixels, then a square of {@code size} at a uniform place: the official training crop
 * of pictures of 32 pixels and below.
 */
public record PaddedCrop(int size, int padding) implements PictureTransform {
    public PaddedCrop {
        if (size < 1 || padding < 0) {
            throw new IllegalArgumentException("crop of %d pixels with a border of %d".formatted(size, padding));
        }
    }

    @Override
    public Image apply(Image image, UniformRandomProvider rng) {
        int spareRows = image.height() + 2 * padding - size;
        int spareColumns = image.width() + 2 * padding - size;
        if (spareRows < 0 || spareColumns < 0) {
            throw new IllegalArgumentException("a crop of %d pixels from a picture of %d x %d with a border of %d"
                    .formatted(size, image.height(), image.width(), padding));
        }
        int top = rng.nextInt(spareRows + 1) - padding;
        int left = rng.nextInt(spareColumns + 1) - padding;
        int channels = image.channels();
        Image out = Image.blank(size, size, channels);
        int from = Math.max(0, left);
        int to = Math.min(image.width(), left + size);
        for (int y = Math.max(0, -top); y < size && top + y < image.height() && from < to; y++) {
            System.arraycopy(
                    image.pixels(),
                    ((top + y) * image.width() + from) * channels,
                    out.pixels(),
                    (y * size + from - left) * channels,
                    (to - from) * channels);
        }
        return out;
    }
}
