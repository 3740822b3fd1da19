package beits.benchmark;

import beits.kernel.Attention;
import beits.kernel.Kernel;
import beits.kernel.LayerNorm;
import beits.kernel.MatMul;
import beits.kernel.Softmax;
import beits.kernel.Unary;
import beits.kernel.UnaryBackward;
import beits.kernel.UnaryFunction;
import beits.model.BeitConfig;
import beits.tensor.Shape;
import beits.tokenizer.DallEConfig;
import beits.tokenizer.DiscreteVaeConfig;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The same work as one of ours, as a peer knows it ({@code beits.peer.Peer}).
 *
 * @param name of the work
 * @param variants ways to do it; the fastest counts
 * @param sizes what it works on
 */
public record PeerWork(String name, List<String> variants, List<Integer> sizes) {
    private static final List<String> ATTENTIONS = List.of("fused", "parts");
    private static final List<String> LAYOUTS = List.of("channels-first", "channels-last");
    private static final List<String> ONLY = List.of("plain");

    /** A training step of masked image modelling. */
    public static PeerWork step(BenchmarkModel model, int batch) {
        return beit("step", model, model.vocabulary(), model.maskPatches(), batch);
    }

    /** Classification. */
    public static PeerWork infer(BenchmarkModel model, int batch) {
        return beit("infer", model, InferBenchmark.CLASSES, 0, batch);
    }

    private static PeerWork beit(String name, BenchmarkModel model, int outputs, int masked, int batch) {
        BeitConfig c = model.config();
        return new PeerWork(
                name,
                ATTENTIONS,
                List.of(
                        c.imageHeight(),
                        c.patchSize(),
                        c.channels(),
                        c.width(),
                        c.depth(),
                        c.heads(),
                        outputs,
                        masked,
                        batch));
    }

    /** Pictures to tokens by DALL-E's encoder. */
    public static PeerWork encode(DallEConfig c, int batch) {
        return new PeerWork(
                "dalle", LAYOUTS, List.of(c.imageSize(), c.width(), c.blocksPerGroup(), c.vocabulary(), batch));
    }

    /** Pictures to tokens by the dVAE's encoder, or a training step of the dVAE. */
    public static PeerWork discreteVae(DiscreteVaeConfig c, boolean training, int batch) {
        return new PeerWork(
                training ? "dvae-train" : "dvae-encode",
                LAYOUTS,
                List.of(
                        c.imageSize(),
                        c.channels(),
                        c.tokens(),
                        c.codebookDim(),
                        c.layers(),
                        c.hiddenDim(),
                        c.resBlocks(),
                        batch));
    }

    /** A single kernel by LibTorch, or none where it has no such operation. */
    public static @Nullable PeerWork kernel(Kernel kernel) {
        return switch (kernel) {
            case MatMul p -> product("matmul", p);
            case Attention a ->
                new PeerWork("attention", ATTENTIONS, List.of(a.batch(), a.tokens(), a.heads(), a.headSize()));
            case Unary u
            when u.function() == UnaryFunction.GELU ->
                rows("gelu", u.writes().getFirst().shape());
            case UnaryBackward u
            when u.function() == UnaryFunction.GELU ->
                rows("gelu-backward", u.writes().getFirst().shape());
            case Softmax s -> rows("softmax", s.writes().getFirst().shape());
            case LayerNorm n -> rows("norm", n.writes().getFirst().shape());
            default -> null;
        };
    }

    /** A product by OpenBLAS itself, or none for any other kernel. */
    public static @Nullable PeerWork openblas(Kernel kernel) {
        return kernel instanceof MatMul p ? product("product", p) : null;
    }

    private static PeerWork product(String name, MatMul p) {
        String transposes = (p.transposeA() ? "T" : "N") + (p.transposeB() ? "T" : "N");
        return new PeerWork(name, List.of(transposes), List.of(p.m(), p.n(), p.k()));
    }

    private static PeerWork rows(String name, Shape shape) {
        return new PeerWork(name, ONLY, List.of(shape.rows(), shape.columns()));
    }

    /** Who does it: a build of LibTorch as it calls itself, or the library of products below it alone. */
    String worker(String version, String variant) {
        if (name.equals("product")) {
            return version.substring(version.lastIndexOf(" with ") + " with ".length());
        }
        return variants.size() > 1 ? version + ", " + variant : version;
    }

    /** The request for one of the variants. */
    String request(String variant) {
        return "work %s %s %s"
                .formatted(name, variant, sizes.stream().map(String::valueOf).collect(Collectors.joining(" ")));
    }
}
