package beits.transform;

import static beits.Golden.assertClose;
import static beits.Golden.assertSame;
import static org.assertj.core.api.Assertions.assertThat;

import beits.Golden;
import beits.image.Box;
import beits.image.Image;
import beits.image.Resampling;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** RandAugment, mixup, CutMix, crop and erasing against the official libraries. */
class GoldenAugmentationTest {
    @Test
    void randAugmentOperations() {
        Golden golden = Golden.load("preprocess/randaugment");
        Image source = Golden.source(golden.config().get("source").asString() + ".png");
        double translation = golden.config().get("translate_const").asDouble();
        golden.expected().forEach((key, tensor) -> {
            String[] parts = key.split("/", -1);
            String name = parts[0].replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
            RandAugment.Op op =
                    RandAugment.Op.valueOf(name.replace("XREL", "X_REL").replace("YREL", "Y_REL"));
            double magnitude = Double.parseDouble(parts[1].substring(1));
            boolean negative = parts[parts.length - 1].equals("negate");
            Resampling filter =
                    parts.length == 4 ? Resampling.valueOf(parts[2].toUpperCase(Locale.ROOT)) : Resampling.BICUBIC;
            double argument = op.argument(magnitude, negative, translation);
            JsonNode expected = golden.scalars().get(key).get("argument");
            if (!expected.isEmpty()) {
                assertThat(argument).as(key).isEqualTo(expected.get(0).asDouble());
            }
            assertSame(key, op.apply(source, argument, filter, 128, 128, 128), tensor.image());
        });
    }

    @Test
    void mixupAndCutmix() {
        Golden golden = Golden.load("preprocess/mixup_cutmix");
        long[] labels = golden.input("labels").longs();
        int[] classes = new int[labels.length];
        for (int i = 0; i < labels.length; i++) {
            classes[i] = (int) labels[i];
        }
        BatchMix mix = new BatchMix(0.8, 1, 1, 0.5, BatchMix.Mode.BATCH, 0.1, 6);
        for (String key : new String[] {"mixup_0.3", "cutmix_0.3", "mixup_0.85", "cutmix_0.85"}) {
            JsonNode scalars = golden.scalars().get(key);
            BatchMix.Mixture mixture;
            if (key.startsWith("mixup")) {
                mixture = new BatchMix.Mixture.Mixup(scalars.get("lam_given").asDouble());
            } else {
                JsonNode box = scalars.get("bbox_yl_yh_xl_xh");
                mixture = BatchMix.boxed(
                        box.get(0).asInt(),
                        box.get(1).asInt(),
                        box.get(2).asInt(),
                        box.get(3).asInt(),
                        12,
                        10);
                assertThat(mixture.lambda()).isEqualTo(scalars.get("lam").asDouble());
            }
            float[] images = golden.input("images").floats();
            float[] targets = new float[4 * 6];
            mix.mix(images, classes, targets, 3, 12, 10, new BatchMix.Mixture[] {mixture, mixture, mixture, mixture});
            assertClose(key, images, golden.expected(key + "/images").floats(), 1e-6);
            assertClose(key, targets, golden.expected(key + "/targets").floats(), 1e-6);
        }
    }

    @Test
    void cropStatistics() {
        Golden golden = Golden.load("preprocess/crop_statistics");
        UniformRandomProvider rng = RandomSource.XO_RO_SHI_RO_128_PP.create(11L);
        for (JsonNode size : golden.config().get("sizes")) {
            int width = size.get(0).asInt();
            int height = size.get(1).asInt();
            Statistic area = new Statistic();
            Statistic ratio = new Statistic();
            Statistic top = new Statistic();
            Statistic left = new Statistic();
            Statistic h = new Statistic();
            Statistic w = new Statistic();
            for (int i = 0; i < golden.config().get("draws").asInt(); i++) {
                Box box = RandomResizedCrop.DEFAULT.draw(height, width, rng);
                area.add((double) box.height() * box.width() / (height * width));
                ratio.add(Math.log((double) box.width() / box.height()));
                top.add(box.top());
                left.add(box.left());
                h.add(box.height());
                w.add(box.width());
            }
            JsonNode expected = golden.scalars().get(width + "x" + height);
            area.assertMean("area", expected.get("area_share"), 5);
            ratio.assertMean("ratio", expected.get("log_w_over_h"), 5);
            top.assertMean("top", expected.get("top"), 5);
            left.assertMean("left", expected.get("left"), 5);
            h.assertMean("height", expected.get("height"), 5);
            w.assertMean("width", expected.get("width"), 5);
        }
    }

    @Test
    void erasingStatistics() {
        Golden golden = Golden.load("preprocess/random_erasing_statistics");
        int height = golden.config().get("h_w").get(0).asInt();
        int width = golden.config().get("h_w").get(1).asInt();
        int draws = golden.config().get("draws").asInt();
        RandomErasing erasing =
                new RandomErasing(golden.config().get("probability").asDouble());
        UniformRandomProvider rng = RandomSource.XO_RO_SHI_RO_128_PP.create(12L);
        Statistic area = new Statistic();
        Statistic aspect = new Statistic();
        Statistic top = new Statistic();
        Statistic left = new Statistic();
        int hits = 0;
        for (int i = 0; i < draws; i++) {
            Optional<Box> drawn = erasing.draw(height, width, rng);
            if (drawn.isPresent()) {
                Box box = drawn.get();
                hits++;
                area.add((double) box.height() * box.width() / (height * width));
                aspect.add(Math.log((double) box.height() / box.width()));
                top.add(box.top());
                left.add(box.left());
            }
        }
        JsonNode expected = golden.scalars();
        double share = expected.get("hits").asDouble() / draws;
        assertThat(Math.abs((double) hits / draws - share)).isLessThan(5 * Math.sqrt(2 * share * (1 - share) / draws));
        area.assertMean("area", expected.get("area_share"), 5);
        aspect.assertMean("aspect", expected.get("log_h_over_w"), 5);
        top.assertMean("top", expected.get("top"), 5);
        left.assertMean("left", expected.get("left"), 5);
        float[] erased = new float[3 * height * width];
        new RandomErasing(1).apply(erased, 0, 3, height, width, rng);
        Statistic values = new Statistic();
        for (float v : erased) {
            if (v != 0) {
                values.add(v);
            }
        }
        assertThat(Math.abs(values.mean())).isLessThan(5 * values.standardError());
        assertThat(values.standardError() * Math.sqrt((double) values.count())).isBetween(0.8, 1.2);
    }
}
