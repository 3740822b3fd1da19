package beits.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShellWordsTest {
    @Test
    void whatAShellWouldTakeApartIsQuoted() {
        assertThat(ShellWords.join(List.of("beits", "--out", "runs/größe-1", "--set", "blocks=[0, 1]", "it's", "")))
                .isEqualTo("beits --out runs/größe-1 --set 'blocks=[0, 1]' 'it'\\''s' ''");
    }
}
