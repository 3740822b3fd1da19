package beits.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CodebookUseTest {
    @Test
    void evenUseHasThePerplexityOfTheWordsUsed() {
        CodebookUse use = CodebookUse.of(new int[] {4, 1, 7, 1, 4, 7}, 8);

        assertThat(use.used()).isEqualTo(3);
        assertThat(use.share()).isEqualTo(0.375);
        assertThat(use.perplexity()).isCloseTo(3, within(1e-12));
        assertThat(use.histogram()).containsExactly(0, 2, 0, 0, 2, 0, 0, 2);
        assertThat(use.byFrequency()).startsWith(1, 4, 7, 0);
    }

    @Test
    void oneWordHasPerplexityOne() {
        CodebookUse use = CodebookUse.of(new int[] {2, 2}, 5);

        assertThat(use.perplexity()).isEqualTo(1);
        assertThat(use.byFrequency()).startsWith(2, 0);
    }

    @Test
    void refusesWhatIsNoToken() {
        assertThatThrownBy(() -> CodebookUse.of(new int[] {0, 8}, 8))
                .hasMessage("token 8 is not in a codebook of 8 words");
        assertThatThrownBy(() -> CodebookUse.of(new int[0], 8)).hasMessageContaining("none to count");
    }
}
