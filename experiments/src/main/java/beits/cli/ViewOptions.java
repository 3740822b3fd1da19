package beits.cli;

import beits.job.LoadedSegmenter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** How a segmentation model looks at a picture. */
final class ViewOptions {
    @Option(
            names = "--scales",
            split = ",",
            paramLabel = "S",
            description =
                    "factors of the picture's short side, 1 being what the network reads; a segmentation model averages what it sees at each; of several none is taken below 1; the official multi-scale test has 0.5,0.75,1,1.25,1.5,1.75 (default: 1)")
    private List<Double> scales = new ArrayList<>();

    @Option(names = "--flip", description = "a segmentation model looks at the mirrored picture, too")
    private boolean flip;

    /**
     * Refuses the options for a model that only reads pictures one way.
     *
     * @throws UserException when one was given
     */
    void requireNone(String classifier) {
        if (flip || !scales.isEmpty()) {
            throw new UserException("%s: is for segmentation models, and %s holds a classifier; leave it out"
                    .formatted(scales.isEmpty() ? "--flip" : "--scales", classifier));
        }
    }

    LoadedSegmenter.Views views() {
        return new LoadedSegmenter.Views(scales.isEmpty() ? List.of(1.0) : scales, flip);
    }
}
