package beits.transform;

import beits.image.Image;

/** How the token view is given to the image tokenizer, as [3, height, width] float32. */
public sealed interface TokenMapping {
    /** Writes the picture as [channels, height, width] from {@code offset} on. */
    void apply(Image image, float[] out, int offset);

    /** Channels of the result. */
    int channels();

    /** DALL-E's {@code map_pixels}: {@code 0.8 x / 255 + 0.1}; its tokenizer keeps away from the ends of the sigmoid. */
    record MapPixels() implements TokenMapping {
        @Override
        public int channels() {
            return 3;
        }

        @Override
        public void apply(Image image, float[] out, int offset) {
            byte[] in = image.rgb().pixels();
            int plane = image.height() * image.width();
            for (int i = 0; i < plane; i++) {
                for (int c = 0; c < 3; c++) {
                    out[offset + c * plane + i] = 0.8f * ((in[3 * i + c] & 0xff) / 255f) + 0.1f;
                }
            }
        }
    }

    /** Mean and deviation, for tokenizers of one's own (the official code uses 0.5 and 0.5 for them). */
    record Normalised(Normalisation normalisation) implements TokenMapping {
        @Override
        public int channels() {
            return normalisation.channels();
        }

        @Override
        public void apply(Image image, float[] out, int offset) {
            normalisation.apply(image, out, offset);
        }
    }
}
