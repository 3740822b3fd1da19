package beits.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.data.Dataset;
import beits.recipe.FinetuneRecipe;
import beits.recipe.Recipes;
import beits.transform.ColorJitter;
import beits.transform.Flip;
import beits.transform.Jitter;
import beits.transform.PaddedCrop;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FinetunePipelineTest {
    private static FinetuneRecipe recipe(String... settings) throws IOException {
        return Recipes.read("fashion-finetune", FinetuneRecipe.class, List.of(settings));
    }

    @Test
    void smallPicturesAreCutOutOfABorderAndJittered() throws IOException {
        FinetuneRecipe recipe = recipe("cropPadding=4", "colorJitter=0.4");
        Dataset data = FinetuneJob.training(recipe);
        assertThat(FinetuneJob.pipeline(recipe, data).transforms())
                .containsExactly(new PaddedCrop(28, 4), new Flip(0.5), new Jitter(new ColorJitter(0.4, 0.4, 0.4, 0)));
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() throws IOException {
        assertThatThrownBy(() -> recipe("cropPadding=4", "minCropArea=0.5"))
                .hasMessageContaining("cropPadding: 4 must be 0 for none, or above with minCropArea 1");
        assertThatThrownBy(() -> recipe("colorJitter=0.4", "autoAugment=original"))
                .hasMessageContaining("colorJitter: 0.4 must be 0 for none, or above with autoAugment null");
        FinetuneRecipe larger = recipe("model.imageSize=32", "cropPadding=4");
        assertThatThrownBy(() -> FinetuneJob.pipeline(larger, FinetuneJob.training(larger)))
                .hasMessage("cropPadding = 4: is for pictures of 32 x 32 pixels; set it to 0");
    }
}
