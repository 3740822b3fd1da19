package beits.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerPoolTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void everyPieceOfEveryRegionRunsOnce(int threads) {
        try (WorkerPool pool = new WorkerPool(threads)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(13);
            int[] regionOfPiece = new int[13];
            for (int region = 0; region < 3000; region++) {
                int current = region;
                int pieces = region % 14;
                pool.forEach(pieces, (worker, piece) -> {
                    assertThat(worker).isBetween(0, threads - 1);
                    runs.incrementAndGet(piece);
                    regionOfPiece[piece] = current;
                });
                for (int piece = 0; piece < pieces; piece++) {
                    assertThat(runs.getAndSet(piece, 0)).isEqualTo(1);
                    assertThat(regionOfPiece[piece]).isEqualTo(region);
                }
            }
        }
    }

    @Test
    void sleepingThreadsDoNotStopARegion() throws InterruptedException {
        try (WorkerPool pool = new WorkerPool(3)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(4);
            pool.forEach(4, (worker, piece) -> runs.incrementAndGet(piece));
            Thread.sleep(20);
            pool.forEach(4, (worker, piece) -> runs.incrementAndGet(piece));
            for (int piece = 0; piece < 4; piece++) {
                assertThat(runs.get(piece)).isEqualTo(2);
            }
        }
    }

    @Test
    void aFailureReachesTheCallerAndThePoolGoesOn() {
        try (WorkerPool pool = new WorkerPool(2)) {
            assertThatThrownBy(() -> pool.forEach(8, (worker, piece) -> {
                        if (piece == 5) {
                            throw new ArithmeticException("piece 5");
                        }
                    }))
                    .hasMessageContaining("worker thread")
                    .hasRootCauseMessage("piece 5");
            AtomicIntegerArray runs = new AtomicIntegerArray(2);
            pool.forEach(2, (worker, piece) -> runs.incrementAndGet(piece));
            assertThat(runs.get(0) + runs.get(1)).isEqualTo(2);
        }
    }
}
