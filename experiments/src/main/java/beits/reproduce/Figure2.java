package beits.reproduce;

import beits.analysis.AttentionMaps;
import beits.autograd.Layout;
import beits.data.Dataset;
import beits.data.Splits;
import beits.device.Executable;
import beits.image.Image;
import beits.job.EncoderCheckpoint;
import beits.job.Pictures;
import beits.model.BeitConfig;
import beits.model.Encoder;
import beits.report.AttentionOverlay;
import beits.report.ReportPage;
import beits.transform.Normalisation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Figure 2: whether self-attention tells an object from its ground, though nobody told it what an object is. */
final class Figure2 implements Claim {
    private static final int PER_CLASS = 10;
    private static final int SHOWN = 6;
    private static final int ENLARGE = 4;

    /** Garments lie on black: a patch is of the object when its mean grey value is above this. */
    private static final double OBJECT = 32;

    @Override
    public String id() {
        return "figure2";
    }

    @Override
    public String place() {
        return "Figure 2, section 3.4";
    }

    @Override
    public String statement() {
        return "The self-attention of a pre-trained BEiT separates objects, without any labels.";
    }

    @Override
    public String experiment() {
        return "Attention of the last block on 100 test pictures: its share that falls on the reference patch's own side of garment and ground, over that side's share of the patches (1 is blind); beside it the same maps with another picture's garment, which keeps what nearness alone explains.";
    }

    @Override
    public int minutes() {
        return 3;
    }

    @Override
    public Finding check(Laboratory laboratory) throws IOException {
        long seed = laboratory.seeds()[0];
        EncoderCheckpoint checkpoint = EncoderCheckpoint.open(laboratory.encoder("beit", seed), _ -> {});
        BeitConfig config = checkpoint.config();
        Dataset pictures =
                Splits.fewLabels(Pictures.test(laboratory.pretraining(seed).data()), PER_CLASS, seed);
        Layout layout = new Layout();
        Encoder encoder = checkpoint.create(layout, config);
        AttentionMaps maps = new AttentionMaps(layout, encoder, config.depth());
        List<boolean[]> objects = new ArrayList<>();
        for (int i = 0; i < pictures.size(); i++) {
            objects.add(object(pictures.get(i).picture().grey(), config));
        }
        double own = 0;
        double other = 0;
        List<List<Image>> rows = new ArrayList<>();
        try (Executable executable = checkpoint.load(laboratory.device(), layout, encoder, maps.program())) {
            for (int i = 0; i < pictures.size(); i++) {
                Image picture = pictures.get(i).picture();
                double[][] attention = attention(maps, executable, checkpoint.normalisation(), picture, config);
                own += preference(attention, objects.get(i)) / pictures.size();
                other += preference(attention, objects.get((i + PER_CLASS + 1) % pictures.size())) / pictures.size();
                if (i % (pictures.size() / SHOWN) == 0 && rows.size() < SHOWN) {
                    rows.add(row(picture, attention, objects.get(i), config));
                }
            }
        }
        return new Finding(
                own > 1 && own > other,
                String.format(
                        Locale.ROOT,
                        "a patch looks %.2f times as much at its own side as a blind one would; with another picture's garment %.2f times",
                        own,
                        other),
                List.of(new ReportPage.Grid(List.of("picture", "from the garment", "from the ground"), rows)));
    }

    /** Where each patch looks: mean over the heads, over the patches alone [patches][patches]. */
    private static double[][] attention(
            AttentionMaps maps, Executable executable, Normalisation normalisation, Image picture, BeitConfig config) {
        Image fitting = config.channels() == 1 ? picture.grey() : picture.rgb();
        float[] pixels = normalisation.apply(fitting);
        double[][] attention = new double[config.patches()][];
        for (int patch = 0; patch < attention.length; patch++) {
            double[] mean = AttentionMaps.mean(maps.of(executable, pixels, patch));
            double sum = Arrays.stream(mean).sum();
            attention[patch] = Arrays.stream(mean).map(w -> w / sum).toArray();
        }
        return attention;
    }

    private static boolean[] object(Image grey, BeitConfig config) {
        int side = config.patchSize();
        boolean[] object = new boolean[config.patches()];
        for (int patch = 0; patch < object.length; patch++) {
            double sum = 0;
            for (int i = 0; i < side * side; i++) {
                int y = patch / config.gridWidth() * side + i / side;
                int x = patch % config.gridWidth() * side + i % side;
                sum += grey.at(y, x, 0);
            }
            object[patch] = sum / (side * side) > OBJECT;
        }
        return object;
    }

    /** Mean over the patches of the attention to a patch's own side, over the share of that side; 1 without a second side. */
    static double preference(double[][] attention, boolean[] object) {
        int patches = object.length;
        int inside = 0;
        for (boolean one : object) {
            inside += one ? 1 : 0;
        }
        if (inside == 0 || inside == patches) {
            return 1;
        }
        double sum = 0;
        for (int from = 0; from < patches; from++) {
            double own = 0;
            for (int to = 0; to < patches; to++) {
                own += object[to] == object[from] ? attention[from][to] : 0;
            }
            double share = (double) (object[from] ? inside : patches - inside) / patches;
            sum += own / share / patches;
        }
        return sum;
    }

    private static List<Image> row(Image picture, double[][] attention, boolean[] object, BeitConfig config) {
        int middle = config.gridHeight() / 2 * config.gridWidth() + config.gridWidth() / 2;
        int garment = nearest(object, true, middle, config);
        int ground = nearest(object, false, 0, config);
        return List.of(
                picture.rgb(),
                AttentionOverlay.paint(picture, attention[garment], config.patchSize(), garment, ENLARGE),
                AttentionOverlay.paint(picture, attention[ground], config.patchSize(), ground, ENLARGE));
    }

    /** The patch of one side that lies nearest to another; that one itself when there is none. */
    private static int nearest(boolean[] object, boolean side, int to, BeitConfig config) {
        int best = to;
        int least = Integer.MAX_VALUE;
        for (int patch = 0; patch < object.length; patch++) {
            int dy = patch / config.gridWidth() - to / config.gridWidth();
            int dx = patch % config.gridWidth() - to % config.gridWidth();
            if (object[patch] == side && dy * dy + dx * dx < least) {
                least = dy * dy + dx * dx;
                best = patch;
            }
        }
        return best;
    }
}
