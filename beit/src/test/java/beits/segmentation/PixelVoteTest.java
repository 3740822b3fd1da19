package beits.segmentation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PixelVoteTest {
    @Test
    void viewOfTheSameSizeKeepsItsWinners() {
        PixelVote vote = new PixelVote(2, 3, 2);
        vote.add(new float[] {1, 0, 0, 1, 3, 2, 0, 5, 4, 4, -1, 0}, 2, 3, false);
        assertThat(vote.winners()).containsExactly(0, 1, 0, 1, 0, 1);
    }

    @Test
    void mirroredViewIsMirroredBack() {
        PixelVote vote = new PixelVote(1, 3, 2);
        vote.add(new float[] {0, 9, 9, 0, 9, 0}, 1, 3, true);
        assertThat(vote.winners()).containsExactly(0, 0, 1);
    }

    /** Two pixels to five: half-pixel centres at -0.1, 0.3, 0.5 (in the middle: 0.5), 0.7 and 1.1 of the source. */
    @Test
    void enlargesBilinearlyWithHalfPixelCentres() {
        PixelVote vote = new PixelVote(1, 5, 2);
        // Class 1 wins where 3 x > 1, that is from x = 1/3 on: source places 0, 0.1, 0.5, 0.9, 1.
        vote.add(new float[] {1, 0, 1, 3}, 1, 2, false);
        assertThat(vote.winners()).containsExactly(0, 0, 1, 1, 1);
    }

    /** Probabilities are averaged, not logits: one very sure view does not outvote two others. */
    @Test
    void viewsWeighAlike() {
        PixelVote vote = new PixelVote(1, 1, 2);
        vote.add(new float[] {100, 0}, 1, 1, false);
        vote.add(new float[] {0, 3}, 1, 1, false);
        vote.add(new float[] {0, 3}, 1, 1, true);
        assertThat(vote.winners()).containsExactly(1);
    }
}
