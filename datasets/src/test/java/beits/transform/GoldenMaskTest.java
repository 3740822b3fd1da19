package beits.transform;

import static org.assertj.core.api.Assertions.assertThat;

import beits.Golden;
import beits.image.Box;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Statistics of many masks against as many of the official generator. */
class GoldenMaskTest {
    private static final int DRAWS = 60_000;

    @ParameterizedTest
    @ValueSource(strings = {"14x14_75_min16", "14x14_118_min16_max40", "10x6_22_min4", "4x4_6_min2"})
    void statistics(String name) {
        Golden golden = Golden.load("masking/" + name);
        JsonNode config = golden.config();
        int height = config.get("input_size").get(0).asInt();
        int width = config.get("input_size").get(1).asInt();
        int patches = config.get("num_masking_patches").asInt();
        JsonNode max = config.get("max_num_patches");
        double minAspect = config.get("min_aspect").asDouble();
        BlockwiseMask generator = new BlockwiseMask(
                height,
                width,
                patches,
                config.get("min_num_patches").asInt(),
                max.isNull() ? patches : max.asInt(),
                minAspect,
                1 / minAspect);
        Statistic masked = new Statistic();
        Statistic blocks = new Statistic();
        Statistic blockHeight = new Statistic();
        Statistic blockWidth = new Statistic();
        Statistic blockArea = new Statistic();
        Statistic blockNew = new Statistic();
        Statistic blockAspect = new Statistic();
        long[] position = new long[height * width];
        long[] counts = new long[height * width + 1];
        UniformRandomProvider rng = RandomSource.XO_RO_SHI_RO_128_PP.create(17L);
        for (int i = 0; i < DRAWS; i++) {
            BlockwiseMask.Blocks drawn = generator.drawBlocks(rng);
            boolean[] mask = drawn.mask(height, width);
            int count = PatchMask.count(mask);
            assertThat(count).isLessThanOrEqualTo(patches);
            masked.add(count);
            counts[count]++;
            blocks.add(drawn.boxes().size());
            for (int b = 0; b < drawn.boxes().size(); b++) {
                Box box = drawn.boxes().get(b);
                blockHeight.add(box.height());
                blockWidth.add(box.width());
                blockArea.add(box.height() * box.width());
                blockNew.add(drawn.added().get(b));
                blockAspect.add(Math.log((double) box.height() / box.width()));
            }
            for (int p = 0; p < mask.length; p++) {
                position[p] += mask[p] ? 1 : 0;
            }
        }
        JsonNode scalars = golden.scalars();
        masked.assertMean("masked", scalars.get("masked_count"), 5);
        blocks.assertMean("blocks", scalars.get("blocks_per_mask"), 5);
        blockHeight.assertMean("height", scalars.get("block_height"), 10);
        blockWidth.assertMean("width", scalars.get("block_width"), 10);
        blockArea.assertMean("area", scalars.get("block_area"), 10);
        blockNew.assertMean("new", scalars.get("block_new_patches"), 10);
        blockAspect.assertMean("aspect", scalars.get("block_log_aspect_h_over_w"), 10);
        long[] expectedCounts = golden.expected("masked_count_histogram").longs();
        for (int c = 0; c < counts.length; c++) {
            double p = Math.max(expectedCounts[c], 20) / (double) DRAWS;
            assertThat(Math.abs(counts[c] - expectedCounts[c]) / (double) DRAWS)
                    .as("share of masks of %d patches", c)
                    .isLessThanOrEqualTo(5 * Math.sqrt(p * (1 - p) * 2 / DRAWS) + 1e-12);
        }
        float[] frequency = golden.expected("position_frequency").floats();
        for (int p = 0; p < position.length; p++) {
            double q = frequency[p];
            assertThat(Math.abs(position[p] / (double) DRAWS - q))
                    .as("position %d", p)
                    .isLessThanOrEqualTo(5 * Math.sqrt(q * (1 - q) * 2 / DRAWS));
        }
    }
}
