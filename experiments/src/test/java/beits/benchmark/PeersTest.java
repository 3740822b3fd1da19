package beits.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.benchmark.Tournament.Candidate;
import beits.tokenizer.DiscreteVaeConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Which peers are asked for what, and which of them counts; none is started. */
class PeersTest {
    private static Candidate candidate(String variant, double seconds) {
        return new Candidate(
                new PeerProcess.Installation(PeerBuild.MKL, Path.of("peer"), Path.of("java")),
                variant,
                "LibTorch",
                seconds);
    }

    @Test
    void libtorchStandsForAllBuilds() {
        assertThat(PeerBuild.named("libtorch")).containsExactly(PeerBuild.OPENBLAS, PeerBuild.MKL);
        assertThat(PeerBuild.named("libtorch-mkl")).containsExactly(PeerBuild.MKL);
        assertThat(PeerBuild.MKL.profile()).isEqualTo("mkl");
        assertThatThrownBy(() -> PeerBuild.named("mkl"))
                .hasMessageContainingAll("--peer mkl", "libtorch-openblas", "libtorch-mkl");
    }

    @Test
    void aPeerThatCrashesIsNamedWithTheReasonAndAnother() {
        List<String> report = """
                # A fatal error has been detected by the Java Runtime Environment:
                #
                #  SIGFPE (0x8) at pc=0x00007f8e38b78fb2, pid=29282, tid=29284
                #
                # Problematic frame:
                # C  [libtorch_cpu.so+0xb778fb2]  est_eff_1x1()+0xa22
                #
                """.lines().toList();
        assertThat(PeerProcess.crash("libtorch-openblas", report))
                .isEqualTo(
                        "the peer libtorch-openblas crashed: SIGFPE (0x8) in [libtorch_cpu.so+0xb778fb2]  est_eff_1x1()+0xa22;"
                                + " another may do this work: --peer libtorch-mkl");
    }

    @Test
    void aPeerThatGetsNoMemorySaysSo() {
        assertThat(PeerProcess.crash("libtorch-mkl", List.of("#", "# There is insufficient memory to continue.", "#")))
                .isEqualTo("the peer libtorch-mkl crashed: There is insufficient memory to continue.;"
                        + " another may do this work: --peer libtorch-openblas");
    }

    @Test
    void whoeverIsNearTheBestFightsOn() {
        List<Candidate> finalists =
                Tournament.finalists(List.of(candidate("a", 2), candidate("b", 1.04), candidate("c", 1)));
        assertThat(finalists).extracting(Candidate::variant).containsExactly("b", "c");
    }

    @Test
    void theFastestOfTheOthersCounts() {
        KernelRow row = KernelRow.of(BenchmarkModel.TINY, 1).getFirst();
        Timing ours = new Timing(new double[] {1});
        List<KernelContest> contests = List.of(
                new KernelContest(row, ours, new KernelContest.Other("slow", new Timing(new double[] {3}), ours)),
                new KernelContest(row, ours, new KernelContest.Other("fast", new Timing(new double[] {2}), ours)),
                new KernelContest(row, ours, null));
        assertThat(KernelContest.fastest(contests)).isSameAs(contests.get(1));
    }

    @Test
    void aForcedCoreTypeDoesNotReachThePeer() {
        Map<String, String> environment = new HashMap<>(Map.of("OPENBLAS_CORETYPE", "Haswell", "PATH", "/bin"));
        environment.put("OPENBLAS_L2_SIZE", "512");
        PeerProcess.fastest(environment, PeerBuild.OPENBLAS, 2);
        assertThat(environment)
                .doesNotContainKeys("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
                .containsEntry("PATH", "/bin")
                .containsEntry("OMP_WAIT_POLICY", "PASSIVE")
                .containsEntry("OPENBLAS_NUM_THREADS", "2");
    }

    @Test
    void requestsNameTheSameShapes() {
        assertThat(PeerWork.step(BenchmarkModel.BASE, 4).request("fused"))
                .isEqualTo("work step fused 224 16 3 768 12 12 8192 75 4");
        assertThat(PeerWork.infer(BenchmarkModel.TINY, 2).request("parts"))
                .isEqualTo("work infer parts 28 4 1 128 4 4 1000 0 2");
        assertThat(PeerWork.discreteVae(DiscreteVaeConfig.OFFICIAL, true, 16).request("channels-last"))
                .isEqualTo("work dvae-train channels-last 112 3 8192 512 3 64 1 16");
    }

    @Test
    void productsByOpenblasAreNotCalledLibtorch() {
        KernelRow product = KernelRow.of(BenchmarkModel.TINY, 1).getFirst();
        assertThat(Objects.requireNonNull(PeerWork.openblas(product.kernel()))
                        .worker("LibTorch 2.10.0 with OpenBLAS 0.3.31", "NT"))
                .isEqualTo("OpenBLAS 0.3.31");
        assertThat(Objects.requireNonNull(PeerWork.kernel(product.kernel()))
                        .worker("LibTorch 2.10.0 with OpenBLAS 0.3.31", "NT"))
                .isEqualTo("LibTorch 2.10.0 with OpenBLAS 0.3.31");
    }

    @Test
    void kernelsThatAPeerHas() {
        List<String> requests = KernelRow.of(BenchmarkModel.BASE, 4).stream()
                .map(row -> PeerWork.kernel(row.kernel()))
                .filter(work -> work != null)
                .map(work -> work.request(work.variants().getFirst()))
                .toList();
        assertThat(requests)
                .hasSize(22)
                .startsWith("work matmul NT 788 2304 768", "work matmul NN 788 768 2304", "work matmul TN 2304 768 788")
                .contains(
                        "work matmul NN 197 64 197",
                        "work attention fused 4 197 12 64",
                        "work gelu plain 788 3072",
                        "work softmax plain 9456 197");
        assertThat(KernelRow.of(BenchmarkModel.BASE, 4))
                .filteredOn(row -> PeerWork.openblas(row.kernel()) != null)
                .hasSize(17);
    }
}
