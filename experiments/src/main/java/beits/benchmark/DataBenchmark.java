package beits.benchmark;

import beits.data.Batch;
import beits.data.Dataset;
import beits.data.Loader;
import beits.data.LoaderOptions;
import beits.data.Position;
import beits.data.PretrainPipeline;
import beits.data.source.ImageFolder;
import beits.image.Image;
import beits.image.ImageReader;
import beits.image.Resampling;
import beits.image.Resize;
import beits.transform.BlockwiseMask;
import beits.transform.ColorJitter;
import beits.transform.Normalisation;
import beits.transform.PretrainAugmentation;
import beits.transform.RandomResizedCrop;
import beits.transform.TokenMapping;
import beits.transform.TwoViewCrop;
import java.nio.file.Path;
import java.util.List;

/**
 * Times what pre-training does to a picture on one core: read and decode the file, crop it at random, resize the crop to
 * the 224-pixel patch view (bicubic) and the 112-pixel token view (Lanczos), normalise both.
 */
public final class DataBenchmark implements AutoCloseable {
    private static final int PATCH_VIEW = 224;
    private static final int TOKEN_VIEW = 112;
    private static final int GRID = 14;
    private static final int MASKED = 75;

    private final List<Image> decoded;
    private final Loader loader;

    /**
     * Reads the pictures once.
     *
     * @throws beits.image.PictureException when one of them cannot be read
     */
    public DataBenchmark(List<Path> files, ImageReader reader) {
        decoded = files.stream().map(reader::read).map(Image::rgb).toList();
        Dataset data = ImageFolder.files(files, reader);
        TwoViewCrop views = new TwoViewCrop(
                RandomResizedCrop.DEFAULT, PATCH_VIEW, Resampling.BICUBIC, TOKEN_VIEW, Resampling.LANCZOS);
        PretrainPipeline pipeline = new PretrainPipeline(
                new PretrainAugmentation(new ColorJitter(0, 0, 0, 0), false, views),
                Normalisation.IMAGENET,
                new TokenMapping.MapPixels(),
                new BlockwiseMask(GRID, GRID, MASKED, 16));
        loader = new Loader(
                data, pipeline, LoaderOptions.training(files.size(), 7, 0), Position.START, Integer.MAX_VALUE);
    }

    /** Seconds from the files to the normalised views, every picture once. */
    public double views() {
        long start = System.nanoTime();
        Batch batch = loader.next();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (batch.count() != decoded.size()) {
            throw new IllegalStateException("a batch lacks pictures");
        }
        loader.recycle(batch);
        return seconds;
    }

    /** Seconds to resize every decoded picture to the size of the patch view (bicubic). */
    public double resize() {
        int pixels = 0;
        long start = System.nanoTime();
        for (Image image : decoded) {
            pixels += Resize.resize(image, PATCH_VIEW, PATCH_VIEW, Resampling.BICUBIC)
                    .pixels()
                    .length;
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (pixels != decoded.size() * PATCH_VIEW * PATCH_VIEW * 3) {
            throw new IllegalStateException("resized to another size");
        }
        return seconds;
    }

    @Override
    public void close() {
        loader.close();
    }
}
