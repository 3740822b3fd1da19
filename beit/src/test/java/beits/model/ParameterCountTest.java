package beits.model;

import static org.assertj.core.api.Assertions.assertThat;

import beits.autograd.Layout;
import beits.model.ImageClassifier.Pooling;
import org.junit.jupiter.api.Test;

/** Parameter counts of the official models. */
class ParameterCountTest {
    private static long pretraining(BeitConfig config) {
        Layout layout = new Layout();
        new MaskedImageModel(layout, config, 8192);
        return layout.parameterCount();
    }

    private static long classifier(BeitConfig config, int classes) {
        Layout layout = new Layout();
        new ImageClassifier(layout, config, classes, Pooling.MEAN, 0.001);
        return layout.parameterCount();
    }

    @Test
    void baseForPretraining() {
        assertThat(pretraining(BeitConfig.BASE)).isEqualTo(91_965_776);
    }

    @Test
    void plainVisionTransformerForPretraining() {
        BeitConfig plain = new BeitConfig(224, 224, 16, 3, 768, 12, 12, 4, true, true, false, false, 0, 0.1);
        assertThat(pretraining(plain)).isEqualTo(92_089_856);
    }

    @Test
    void largeForPretraining() {
        assertThat(pretraining(BeitConfig.LARGE)).isEqualTo(311_534_016);
    }

    @Test
    void baseClassifiers() {
        BeitConfig config = BeitConfig.BASE.forFineTuning(0.1);
        assertThat(classifier(config, 1000)).isEqualTo(86_530_984);
        assertThat(classifier(config.withImageSize(384, 384), 1000)).isEqualTo(86_744_104);
    }

    @Test
    void largeClassifier() {
        assertThat(classifier(BeitConfig.LARGE.forFineTuning(0.1), 1000)).isEqualTo(304_430_568);
    }
}
