package beits.optim;

import static org.assertj.core.api.Assertions.assertThat;

import beits.autograd.Initialiser;
import beits.autograd.Layout;
import beits.autograd.Parameter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterGroupTest {
    /** {@code --disable_weight_decay_on_rel_pos_bias} names the tables of the blocks only. */
    @Test
    void aSharedTableIsDecayedWhenThoseOfTheBlocksAreNot() {
        Layout layout = new Layout();
        layout.parameter("cls_token", Initialiser.ZEROS, 1, 1, 4);
        layout.parameter("rel_pos_bias.relative_position_bias_table", Initialiser.ZEROS, 12, 2);
        layout.parameter("blocks.0.attn.relative_position_bias_table", Initialiser.ZEROS, 12, 2);
        layout.parameter("blocks.0.attn.proj.weight", Initialiser.ZEROS, 4, 4);

        assertThat(decayed(layout, true))
                .containsExactly(
                        "rel_pos_bias.relative_position_bias_table",
                        "blocks.0.attn.relative_position_bias_table",
                        "blocks.0.attn.proj.weight");
        assertThat(decayed(layout, false))
                .containsExactly("rel_pos_bias.relative_position_bias_table", "blocks.0.attn.proj.weight");
    }

    private static List<String> decayed(Layout layout, boolean tablesDecayed) {
        return ParameterGroup.of(layout.parameters(), LayerDecay.NONE, ParameterGroup.NEVER_DECAYED, tablesDecayed)
                .stream()
                .filter(ParameterGroup::decayed)
                .flatMap(group -> group.parameters().stream())
                .map(Parameter::name)
                .toList();
    }
}
