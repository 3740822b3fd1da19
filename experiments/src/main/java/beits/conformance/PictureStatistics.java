package beits.conformance;

import beits.image.Box;
import beits.transform.RandomErasing;
import beits.transform.RandomResizedCrop;
import java.util.Optional;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/** Statistics of random crops and of random erasing against as many official draws. */
final class PictureStatistics {
    private PictureStatistics() {}

    private static UniformRandomProvider random(Fields config) {
        return RandomSource.XO_RO_SHI_RO_128_PP.create(config.whole("seed"));
    }

    static void crops(GoldenCase golden, Judge judge) {
        Fields config = golden.config();
        UniformRandomProvider random = random(config);
        golden.scalars().members().forEach((name, official) -> {
            int width = Integer.parseInt(name.substring(0, name.indexOf('x')));
            int height = Integer.parseInt(name.substring(name.indexOf('x') + 1));
            Sample area = new Sample();
            Sample aspect = new Sample();
            Sample top = new Sample();
            Sample left = new Sample();
            Sample heights = new Sample();
            Sample widths = new Sample();
            for (int i = 0; i < config.integer("draws"); i++) {
                Box box = RandomResizedCrop.DEFAULT.draw(height, width, random);
                area.add((double) box.height() * box.width() / (height * width));
                aspect.add(Math.log((double) box.width() / box.height()));
                top.add(box.top());
                left.add(box.left());
                heights.add(box.height());
                widths.add(box.width());
            }
            area.judge(judge, name + " area_share", official.object("area_share"));
            aspect.judge(judge, name + " log_w_over_h", official.object("log_w_over_h"));
            top.judge(judge, name + " top", official.object("top"));
            left.judge(judge, name + " left", official.object("left"));
            heights.judge(judge, name + " height", official.object("height"));
            widths.judge(judge, name + " width", official.object("width"));
        });
    }

    static void erasing(GoldenCase golden, Judge judge) {
        Fields config = golden.config();
        Fields official = golden.scalars();
        int[] size = config.pair("h_w");
        int draws = config.integer("draws");
        RandomErasing erasing = new RandomErasing(config.number("probability"));
        UniformRandomProvider random = random(config);
        Sample area = new Sample();
        Sample aspect = new Sample();
        Sample top = new Sample();
        Sample left = new Sample();
        int[] positions = new int[size[0] * size[1]];
        for (int i = 0; i < draws; i++) {
            Optional<Box> drawn = erasing.draw(size[0], size[1], random);
            drawn.ifPresent(box -> {
                area.add((double) box.height() * box.width() / (size[0] * size[1]));
                aspect.add(Math.log((double) box.height() / box.width()));
                top.add(box.top());
                left.add(box.left());
                for (int y = box.top(); y < box.top() + box.height(); y++) {
                    for (int x = box.left(); x < box.left() + box.width(); x++) {
                        positions[y * size[1] + x]++;
                    }
                }
            });
        }
        int hits = area.count();
        long officialDraws = official.whole("draws");
        long officialHits = official.whole("hits");
        Sample.judgeShare(
                judge, "hits", (double) hits / draws, draws, (double) officialHits / officialDraws, officialDraws);
        area.judge(judge, "area_share", official.object("area_share"));
        aspect.judge(judge, "log_h_over_w", official.object("log_h_over_w"));
        top.judge(judge, "top", official.object("top"));
        left.judge(judge, "left", official.object("left"));
        double[] frequency = judge.examine("position_frequency_given_hit").values();
        for (int p = 0; p < positions.length; p++) {
            double own = positions[p] / (double) hits;
            Sample.judgeShare(judge, "position_frequency[" + p + "]", own, hits, frequency[p], officialHits);
        }
        pixels(size, judge, official.object("pixel_values"), random);
    }

    private static void pixels(int[] size, Judge judge, Fields official, UniformRandomProvider random) {
        RandomErasing always = new RandomErasing(1);
        Sample values = new Sample();
        double wanted = Math.pow(official.number("std") / official.number("standard_error"), 2);
        while (values.count() < wanted) {
            float[] picture = new float[3 * size[0] * size[1]];
            always.apply(picture, 0, 3, size[0], size[1], random);
            for (float value : picture) {
                if (value != 0) {
                    values.add(value);
                }
            }
        }
        values.judge(judge, "pixel_values", official);
    }
}
