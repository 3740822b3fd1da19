package beits.benchmark;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The builds of LibTorch that there are to compare with ({@code experiments/src/peer}). */
public enum PeerBuild {
    /** LibTorch 2.10 with OpenBLAS. */
    OPENBLAS("libtorch-openblas", 110),
    /** LibTorch 2.7.1 with MKL and oneDNN. */
    MKL("libtorch-mkl", 215);

    /** What stands for all of them. */
    public static final String ANY = "libtorch";

    private final String option;
    private final int megabytes;

    PeerBuild(String option, int megabytes) {
        this.option = option;
        this.megabytes = megabytes;
    }

    /** Its name on the command line. */
    public String option() {
        return option;
    }

    /** Name of its Maven profile and of its folder. */
    public String profile() {
        return option.substring(ANY.length() + 1);
    }

    /** What is fetched, roughly. */
    public int megabytes() {
        return megabytes;
    }

    /**
     * The builds that a name on the command line stands for: one, or all for {@link #ANY}.
     *
     * @throws IllegalArgumentException when it stands for none, naming those there are
     */
    public static List<PeerBuild> named(String name) {
        List<PeerBuild> found = Arrays.stream(values())
                .filter(build -> name.equals(ANY) || name.equals(build.option))
                .toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException("--peer %s: unknown; use %s for the fastest, %s"
                    .formatted(
                            name,
                            ANY,
                            Arrays.stream(values()).map(PeerBuild::option).collect(Collectors.joining(" or "))));
        }
        return found;
    }
}
