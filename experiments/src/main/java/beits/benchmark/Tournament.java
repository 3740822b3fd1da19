package beits.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Our work beside the fastest peer. Every build and variant qualifies alone; those within a few hundredths of the best one then
 * take turns with us, and the one that does best against us counts.
 *
 * @param winner the peer that counts
 * @param duel its times beside ours
 * @param qualified every candidate with its time
 */
public record Tournament(String winner, Duel duel, List<Candidate> qualified) {
    private static final int QUALIFYING_ROUNDS = 2;
    /** Qualifying rounds of one candidate differ by about as much. */
    private static final double NEAR = 1.05;

    /**
     * A build and a way to do the work.
     *
     * @param at the build
     * @param variant of the work
     * @param version what the build says it is
     * @param seconds a run, the best round
     */
    public record Candidate(PeerProcess.Installation at, String variant, String version, double seconds) {
        /** Build, way and time. */
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s: %.4g ms", name(), 1e3 * seconds);
        }

        String name() {
            return version + ", " + variant;
        }
    }

    /**
     * Runs it.
     *
     * @param ours is warm
     * @param warmup seconds before the clock starts
     * @param rounds of each duel
     */
    public static Tournament run(
            Workload ours,
            PeerWork theirs,
            List<PeerProcess.Installation> peers,
            int threads,
            double warmup,
            int rounds)
            throws IOException, InterruptedException {
        List<Candidate> candidates = new ArrayList<>();
        for (PeerProcess.Installation at : peers) {
            for (String variant : theirs.variants()) {
                candidates.add(qualify(ours, theirs, at, variant, threads, warmup));
            }
        }
        List<Tournament> finals = new ArrayList<>();
        int runs = ours.roundRuns(Duel.ROUND_SECONDS);
        for (Candidate candidate : finalists(candidates)) {
            try (PeerProcess peer = candidate.at.start(threads)) {
                peer.prepare(theirs, candidate.variant);
                int peerRuns = peer.warm(warmup, Duel.ROUND_SECONDS);
                finals.add(new Tournament(
                        candidate.name(), Duel.fight(ours, runs, peer, peerRuns, rounds), List.copyOf(candidates)));
            }
        }
        return finals.stream()
                .min(Comparator.comparingDouble(t -> t.duel.ratio().median()))
                .orElseThrow();
    }

    private static Candidate qualify(
            Workload ours, PeerWork theirs, PeerProcess.Installation at, String variant, int threads, double warmup)
            throws IOException {
        try (PeerProcess peer = at.start(threads)) {
            long parameters = peer.prepare(theirs, variant);
            if (parameters != 0 && parameters != ours.parameters()) {
                throw new IllegalStateException(
                        "the peer has %d parameters, not %d".formatted(parameters, ours.parameters()));
            }
            int runs = peer.warm(warmup, Duel.ROUND_SECONDS);
            double best = Double.POSITIVE_INFINITY;
            for (int round = 0; round < QUALIFYING_ROUNDS; round++) {
                best = Math.min(best, peer.measure(runs).seconds());
            }
            return new Candidate(at, variant, peer.version(), best);
        }
    }

    /** Those that may turn out to be the fastest. */
    static List<Candidate> finalists(List<Candidate> candidates) {
        double best = candidates.stream().mapToDouble(Candidate::seconds).min().orElseThrow();
        return candidates.stream().filter(c -> c.seconds <= NEAR * best).toList();
    }
}
