package beits.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.data.source.FashionMnist;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SplitsTest {
    private static final Dataset TEST = FashionMnist.bundled(FashionMnist.Part.TEST);

    @Test
    void bundledSampleIsBalanced() {
        assertThat(counts(TEST)).hasSize(10).containsOnly(200);
        assertThat(counts(FashionMnist.bundled(FashionMnist.Part.TRAIN))).containsOnly(1000);
    }

    @Test
    void fewLabelsAreBalancedNestedAndRepeatable() {
        Dataset few = Splits.fewLabels(TEST, 7, 3);
        assertThat(counts(few)).containsOnly(7);
        assertThat(names(few)).isEqualTo(names(Splits.fewLabels(TEST, 7, 3)));
        assertThat(names(few)).isNotEqualTo(names(Splits.fewLabels(TEST, 7, 4)));
        assertThat(names(Splits.fewLabels(TEST, 11, 3))).containsAll(names(few));
    }

    @Test
    void tooFewSamplesAreNamed() {
        assertThatThrownBy(() -> Splits.fewLabels(TEST, 201, 3)).hasMessageContaining("has 200 samples");
    }

    @Test
    void holdingOutPartitions() {
        Splits.Parts parts = Splits.holdOut(TEST, 301, 9);
        assertThat(parts.first().size()).isEqualTo(1699);
        assertThat(parts.second().size()).isEqualTo(301);
        TreeSet<String> all = new TreeSet<>(names(parts.first()));
        all.addAll(names(parts.second()));
        assertThat(all).hasSize(2000);
    }

    private static List<String> names(Dataset data) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < data.size(); i++) {
            names.add(data.name(i));
        }
        return names;
    }

    private static int[] counts(Dataset data) {
        int[] counts = new int[data.classNames().size()];
        for (int i = 0; i < data.size(); i++) {
            counts[data.label(i).orElseThrow()]++;
        }
        return counts;
    }
}
