package beits.benchmark;

import beits.data.source.ColourDrawings;
import beits.image.Image;
import beits.image.Resampling;
import beits.image.Resize;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * JPEG files to time decoders with, of ImageNet's usual size (500 x 375, about 110 kB): enlarged bundled drawings on a
 * coloured ground with grain, which sets the size of the file.
 */
public final class DrawnPictures {
    private static final int WIDTH = 500;
    private static final int HEIGHT = 375;
    private static final int DRAWINGS = 4;
    private static final int GRAIN = 28;
    private static final float QUALITY = 0.9f;

    private DrawnPictures() {}

    /** Writes pictures; the same for the same seed. */
    public static List<Path> write(Path folder, int count, long seed) throws IOException {
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
        ColourDrawings drawings = ColourDrawings.bundled(true);
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Path file = folder.resolve("%04d.jpg".formatted(i));
            encode(draw(drawings, random), file);
            files.add(file);
        }
        return files;
    }

    private static BufferedImage draw(ColourDrawings drawings, UniformRandomProvider random) {
        BufferedImage page = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        int ground = random.nextInt(1 << 24);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                page.setRGB(x, y, ground);
            }
        }
        for (int i = 0; i < DRAWINGS; i++) {
            int side = 80 + random.nextInt(200);
            Image drawing =
                    drawings.get(random.nextInt(drawings.size())).picture().rgb();
            Image large = Resize.resize(drawing, side, side, Resampling.BICUBIC);
            int top = random.nextInt(HEIGHT - side);
            int left = random.nextInt(WIDTH - side);
            for (int y = 0; y < side; y++) {
                for (int x = 0; x < side; x++) {
                    int rgb = large.at(y, x, 0) << 16 | large.at(y, x, 1) << 8 | large.at(y, x, 2);
                    page.setRGB(left + x, top + y, rgb);
                }
            }
        }
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int rgb = page.getRGB(x, y);
                int grain = random.nextInt(GRAIN) - GRAIN / 2;
                page.setRGB(x, y, moved(rgb, 16, grain) | moved(rgb, 8, grain) | moved(rgb, 0, grain));
            }
        }
        return page;
    }

    private static int moved(int rgb, int shift, int by) {
        return Math.clamp((rgb >> shift & 0xff) + (long) by, 0, 255) << shift;
    }

    private static void encode(BufferedImage page, Path file) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam parameters = writer.getDefaultWriteParam();
        parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        parameters.setCompressionQuality(QUALITY);
        try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(page, null, null), parameters);
        } finally {
            writer.dispose();
        }
    }
}
