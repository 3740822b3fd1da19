package beits.job;

import beits.autograd.Layout;
import beits.checkpoint.CheckpointException;
import beits.device.Device;
import beits.device.Executable;
import beits.image.Image;
import beits.image.OpenCvResize;
import beits.recipe.SegmentRecipe;
import beits.segmentation.PixelVote;
import beits.segmentation.SegmentationConfig;
import beits.segmentation.SegmentationModel;
import beits.segmentation.SegmentationPredictor;
import beits.segmentation.SlidingWindow;
import beits.train.RunCheckpoints;
import beits.transform.Normalisation;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/** A trained segmentation model on a device: the class of every pixel of pictures of any size. */
public final class LoadedSegmenter implements AutoCloseable {
    /** Longest side by the shortest that a picture is resized to (official: 2048 x 512). */
    private static final int LONGEST = 4;

    private final List<String> classNames;
    private final SegmentationConfig config;
    private final Normalisation normalisation;
    private final SegmentationPredictor predictor;
    private final Executable executable;

    /**
     * How a picture is looked at.
     *
     * @param scales factors of the short side (official multi-scale test: 0.5, 0.75, 1, 1.25, 1.5, 1.75)
     * @param flip whether each is looked at mirrored, too
     */
    public record Views(List<Double> scales, boolean flip) {
        public Views {
            scales = List.copyOf(scales);
            if (scales.isEmpty() || scales.stream().anyMatch(s -> !(s > 0) || s > 8)) {
                throw new IllegalArgumentException("scales " + scales + ": must be above 0 and at most 8");
            }
        }
    }

    private LoadedSegmenter(Device device, ModelFile file) throws IOException {
        ModelCard card = file.card().require(ModelKind.SEGMENTER, file.source());
        ModelCard.Decoder decoder = card.decoder();
        if (decoder == null) {
            throw new CheckpointException(file.source() + ": does not describe its decoder; train it again");
        }
        this.classNames = card.classNames();
        this.config = SegmentRecipe.config(
                        decoder.kind(),
                        Objects.requireNonNull(card.encoder()),
                        decoder.blocks(),
                        decoder.channels(),
                        classNames.size())
                .withoutAuxiliary();
        this.normalisation = new Normalisation(card.mean(), card.std());
        Layout layout = new Layout();
        SegmentationModel model = new SegmentationModel(layout, config);
        this.predictor = new SegmentationPredictor(layout, model, 1);
        this.executable = device.compile(predictor.program());
        try {
            RunCheckpoints.load(file.tensors(), layout, executable, file.source());
        } catch (IOException | RuntimeException e) {
            executable.close();
            throw e;
        }
    }

    /**
     * Loads a segmentation model.
     *
     * @throws CheckpointException when it holds something else
     */
    public static LoadedSegmenter open(Device device, ModelFile file) throws IOException {
        return new LoadedSegmenter(device, file);
    }

    /** Names of the classes. */
    public List<String> classNames() {
        return classNames;
    }

    /**
     * The class of every pixel: the picture's short side is resized to what the network reads, times each scale (of several at least
     * to what it reads); a window slides over it by two thirds of its side (official 341 of 512, 426 of 640); probabilities of all views are averaged.
     *
     * @return [height, width] of the picture
     */
    public int[] classes(Image picture, Views views) {
        int size = config.encoder().imageHeight();
        int channels = normalisation.channels();
        SlidingWindow window = new SlidingWindow(size, size, Math.max(1, size * 2 / 3), Math.max(1, size * 2 / 3));
        PixelVote vote = new PixelVote(picture.height(), picture.width(), config.classes());
        Image fitting = channels == 1 ? picture.grey() : picture.rgb();
        for (double scale : views.scales()) {
            Image resized = resized(fitting, size, scale, views.scales().size() > 1);
            for (boolean mirrored : views.flip() ? new boolean[] {false, true} : new boolean[] {false}) {
                Image view = mirrored ? resized.flipped() : resized;
                float[] logits = window.logits(
                        normalisation.apply(view),
                        channels,
                        view.height(),
                        view.width(),
                        config.classes(),
                        crop -> predictor.logits(executable, crop));
                vote.add(logits, view.height(), view.width(), mirrored);
            }
        }
        return vote.winners();
    }

    /**
     * The picture as one view sees it. With several scales the short side is never below what the network reads and the long side is
     * as long as it comes (official {@code SETR_Resize} with {@code setr_multi_scale}).
     */
    private static Image resized(Image picture, int size, double scale, boolean several) {
        int height = picture.height();
        int width = picture.width();
        double shortSide = several ? Math.max(size, Math.floor(size * scale)) : size * scale;
        double factor = shortSide / Math.min(height, width);
        if (!several) {
            factor = Math.min(factor, LONGEST * shortSide / Math.max(height, width));
        }
        int toHeight = Math.max(1, (int) (height * factor + 0.5));
        int toWidth = Math.max(1, (int) (width * factor + 0.5));
        return toHeight == height && toWidth == width ? picture : OpenCvResize.linear(picture, toHeight, toWidth);
    }

    @Override
    public void close() {
        executable.close();
    }
}
