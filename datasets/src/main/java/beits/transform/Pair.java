package beits.transform;

import beits.image.Image;

/** A picture and its class mask (1 channel, 255 ignored) of the same size; augmented together. */
public record Pair(Image picture, Image mask) {
    public Pair {
        if (mask.channels() != 1 || mask.height() != picture.height() || mask.width() != picture.width()) {
            throw new IllegalArgumentException("mask %s of a picture %s".formatted(mask, picture));
        }
    }
}
