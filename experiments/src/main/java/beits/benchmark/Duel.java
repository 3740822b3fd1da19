package beits.benchmark;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Our time beside a peer's: the sides take turns, and each begins when the threads of the other have come to rest.
 *
 * @param ours seconds a run, one entry a round
 * @param peer the same of the peer
 * @param ratio peer's time by ours in each round
 * @param peerResident largest resident size of the peer in bytes
 */
public record Duel(Timing ours, Timing peer, Timing ratio, long peerResident) {
    static final double ROUND_SECONDS = 1.5;
    private static final long REST_MILLIS = 500;

    /**
     * Fights so many rounds; both sides are warm.
     *
     * @param runs of ours that make a round
     * @param peerRuns the same of the peer
     */
    static Duel fight(Workload work, int runs, PeerProcess peer, int peerRuns, int rounds)
            throws IOException, InterruptedException {
        double[] ours = new double[rounds];
        double[] theirs = new double[rounds];
        long resident = 0;
        for (int round = 0; round < rounds; round++) {
            TimeUnit.MILLISECONDS.sleep(REST_MILLIS);
            ours[round] = work.seconds(runs);
            TimeUnit.MILLISECONDS.sleep(REST_MILLIS);
            PeerProcess.Measured measured = peer.measure(peerRuns);
            theirs[round] = measured.seconds();
            resident = measured.peakResident();
        }
        return new Duel(new Timing(ours), new Timing(theirs), Timing.ratio(theirs, ours), resident);
    }
}
