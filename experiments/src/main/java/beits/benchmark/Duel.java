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
    private static final double ROUND_SECONDS = 1.5;
    private static final long REST_MILLIS = 500;

    /** Fights so many rounds after a warm-up of both sides. */
    public static Duel fight(Workload work, LibtorchPeer peer, int warmup, int rounds)
            throws IOException, InterruptedException {
        work.seconds(Math.max(1, warmup));
        int runs = Math.max(1, (int) Math.round(ROUND_SECONDS / work.seconds(1)));
        work.seconds(runs);
        peer.measure(Math.max(1, warmup));
        double[] ours = new double[rounds];
        double[] theirs = new double[rounds];
        double[] ratios = new double[rounds];
        long resident = 0;
        for (int round = 0; round < rounds; round++) {
            TimeUnit.MILLISECONDS.sleep(REST_MILLIS);
            ours[round] = work.seconds(runs);
            TimeUnit.MILLISECONDS.sleep(REST_MILLIS);
            LibtorchPeer.Measured measured = peer.measure(runs);
            theirs[round] = measured.seconds();
            resident = measured.peakResident();
            ratios[round] = theirs[round] / ours[round];
        }
        return new Duel(new Timing(ours), new Timing(theirs), new Timing(ratios), resident);
    }
}
