package beits.reproduce;

import java.io.IOException;

/** A claim of the paper (Bao et al., arXiv:2106.08254) that small networks can confirm or contradict. */
public interface Claim {
    /** Short name, as the command line takes it. */
    String id();

    /** Where the paper makes it. */
    String place();

    /** What the paper says, with its figures. */
    String statement();

    /** What is run here in its place. */
    String experiment();

    /** Minutes for one seed on two cores, about. */
    int minutes();

    /** Runs the experiment. */
    Finding check(Laboratory laboratory) throws IOException;
}
