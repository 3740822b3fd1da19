package beits.data.source;

import beits.data.Dataset;
import beits.data.Sample;
import beits.data.Seeds;
import beits.image.Box;
import beits.image.Image;
import beits.image.Resampling;
import beits.image.Resize;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Generated segmentation data: labelled pictures pasted on a ground, with the class of every pixel known exactly. Class 0 is the ground, class k + 1 the source's class k. Grey sources (garments) are tinted and show
 * where they are brighter than 24; sources with alpha (drawings) show where it is at least 128. Scene i depends on the
 * seed and i alone.
 */
public final class Scenes implements Dataset {
    private static final int GREY_THRESHOLD = 24;
    private static final int ALPHA_THRESHOLD = 128;

    /** How scenes look. */
    public enum Style {
        /** Two to four pictures of 3/8 to 5/8 of the side on two sine gratings in two colours with a little noise. */
        TEXTURED(2, 4),
        /** One or two pictures at their own size, wholly inside, on black. */
        PLAIN(1, 2);

        private final int fewest;
        private final int most;

        Style(int fewest, int most) {
            this.fewest = fewest;
            this.most = most;
        }
    }

    private final Dataset source;
    private final Style style;
    private final int side;
    private final int size;
    private final long seed;
    private final List<String> classNames;

    /**
     * Describes the scenes; each is made when it is asked for.
     *
     * @param source labelled pictures, grey or with alpha
     * @param style how they look
     * @param side height and width of a scene, for instance 56 or 64
     * @param size number of scenes
     */
    public Scenes(Dataset source, Style style, int side, int size, long seed) {
        if (source.classNames().isEmpty() || source.size() == 0) {
            throw new IllegalArgumentException("scenes are made of labelled pictures");
        }
        if (side < 16 || size < 1) {
            throw new IllegalArgumentException("%d scenes of %d pixels; at least 1 of 16".formatted(size, side));
        }
        Image first = source.get(0).picture();
        if (style == Style.PLAIN && (first.height() != first.width() || first.height() > side)) {
            throw new IllegalArgumentException("plain scenes of %d pixels have no room for pictures of %d x %d"
                    .formatted(side, first.height(), first.width()));
        }
        this.source = source;
        this.style = style;
        this.side = side;
        this.size = size;
        this.seed = seed;
        List<String> names = new ArrayList<>();
        names.add("ground");
        names.addAll(source.classNames());
        classNames = List.copyOf(names);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Sample get(int index) {
        UniformRandomProvider rng = Seeds.of(seed, Seeds.Purpose.SCENE, index);
        Image scene = switch (style) {
            case TEXTURED -> gratings(rng);
            case PLAIN -> Image.blank(side, side, 3);
        };
        Image mask = Image.blank(side, side, 1);
        int pasted = style.fewest + rng.nextInt(style.most - style.fewest + 1);
        for (int i = 0; i < pasted; i++) {
            int chosen = rng.nextInt(source.size());
            paste(source.get(chosen).picture(), source.label(chosen).orElseThrow() + 1, scene, mask, rng);
        }
        return new Sample.Segmented(name(index), scene, mask);
    }

    /** Two sine gratings in two colours and a little noise. */
    private Image gratings(UniformRandomProvider rng) {
        double[] fx = new double[2];
        double[] fy = new double[2];
        double[] phase = new double[2];
        for (int k = 0; k < 2; k++) {
            fx[k] = (rng.nextDouble() - 0.5) * 0.8;
            fy[k] = (rng.nextDouble() - 0.5) * 0.8;
            phase[k] = rng.nextDouble() * 2 * Math.PI;
        }
        int[] base = {rng.nextInt(200), rng.nextInt(200), rng.nextInt(200)};
        int[] swing = {rng.nextInt(60), rng.nextInt(60), rng.nextInt(60)};
        Image scene = Image.blank(side, side, 3);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                double wave = Math.sin(fx[0] * x + fy[0] * y + phase[0]) * Math.sin(fx[1] * x + fy[1] * y + phase[1]);
                int noise = rng.nextInt(17) - 8;
                for (int c = 0; c < 3; c++) {
                    int v = (int) (base[c] + swing[c] * wave) + noise;
                    scene.pixels()[(y * side + x) * 3 + c] = (byte) Math.clamp(v, 0, 255);
                }
            }
        }
        return scene;
    }

    private void paste(Image picture, int label, Image scene, Image mask, UniformRandomProvider rng) {
        int extent = switch (style) {
            case TEXTURED -> side * 3 / 8 + rng.nextInt(side / 4 + 1);
            case PLAIN -> picture.height();
        };
        boolean turned = rng.nextBoolean();
        Image cutOut = Resize.resize(
                picture, new Box(0, 0, picture.height(), picture.width()), extent, extent, Resampling.BILINEAR);
        if (turned) {
            cutOut = cutOut.flipped();
        }
        double[] tint = {0.4 + 0.6 * rng.nextDouble(), 0.4 + 0.6 * rng.nextDouble(), 0.4 + 0.6 * rng.nextDouble()};
        // Up to a quarter may hang over the edge of a textured scene, as objects in photographs do.
        int over = style == Style.TEXTURED ? extent / 4 : 0;
        int room = style == Style.TEXTURED ? side - extent / 2 : side - extent + 1;
        int top = rng.nextInt(room) - over;
        int left = rng.nextInt(room) - over;
        for (int y = Math.max(0, -top); y < extent && top + y < side; y++) {
            for (int x = Math.max(0, -left); x < extent && left + x < side; x++) {
                if (!shown(cutOut, y, x)) {
                    continue;
                }
                int to = (top + y) * side + left + x;
                for (int c = 0; c < 3; c++) {
                    double v = cutOut.channels() == 1 ? cutOut.at(y, x, 0) * tint[c] : cutOut.at(y, x, c);
                    scene.pixels()[3 * to + c] = (byte) (int) v;
                }
                mask.pixels()[to] = (byte) label;
            }
        }
    }

    private static boolean shown(Image cutOut, int y, int x) {
        return switch (cutOut.channels()) {
            case 1 -> cutOut.at(y, x, 0) > GREY_THRESHOLD;
            case 4 -> cutOut.at(y, x, 3) >= ALPHA_THRESHOLD;
            default -> true;
        };
    }

    @Override
    public String name(int index) {
        return "scene" + index;
    }

    @Override
    public OptionalInt label(int index) {
        return OptionalInt.empty();
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }
}
