package beits.job;

import static org.assertj.core.api.Assertions.assertThat;

import beits.data.Dataset;
import beits.recipe.SegmentDataRecipe;
import org.junit.jupiter.api.Test;

class SegmentPicturesTest {
    /** The upper left pixel of a scene is its ground's, unless something was pasted there. */
    @Test
    void testScenesHaveGroundsOfTheirOwn() {
        SegmentDataRecipe recipe = new SegmentDataRecipe(SegmentDataRecipe.Source.SCENES, null, 20, 20, false);
        Dataset training = SegmentPictures.training(recipe, 32, 1);
        Dataset test = SegmentPictures.test(recipe, 32, 1);
        int same = 0;
        for (int i = 0; i < training.size(); i++) {
            byte[] one = training.get(i).picture().pixels();
            byte[] other = test.get(i).picture().pixels();
            same += one[0] == other[0] && one[1] == other[1] && one[2] == other[2] ? 1 : 0;
        }
        assertThat(same).isLessThan(3);
    }
}
