package beits.tokenizer;

import beits.autograd.Graph;
import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.autograd.Tensor;
import beits.autograd.Tokens;
import beits.device.Executable;
import beits.program.Program;
import beits.tensor.Slot;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/**
 * Turns pictures into a square grid of discrete visual tokens and back (paper §2.1). Pictures are [batch, channels, viewSize,
 * viewSize] mapped by {@link #pixels()}; tokens are integers in [0, vocabulary), row-major over the grid.
 */
public sealed interface ImageTokenizer permits DiscreteVae, DallE {
    /** Where its parameters lie. */
    Layout layout();

    /** Side in pixels of the pictures it reads and paints. */
    int viewSize();

    /** Channels of the pictures. */
    int channels();

    /** Tokens along one side of a picture. */
    int grid();

    /** Number of different tokens. */
    int vocabulary();

    /** How pixels in [0, 1] enter and leave. */
    PixelMapping pixels();

    /** Scores of the words for mapped pictures: [batch, channels, viewSize, viewSize] to [batch, grid, grid, vocabulary]. */
    Tensor logits(Tensor pictures);

    /** What the decoder starts from, for distributions over words: [batch, grid, grid, vocabulary] to [..., width]. */
    Tensor embed(Tensor code);

    /** The same for tokens: integers [batch, grid·grid] to [batch, grid, grid, width]. */
    Tensor embed(Graph graph, Slot tokens);

    /** Mapped pictures [batch, channels, viewSize, viewSize] for the result of {@code embed}. */
    Tensor decode(Tensor embedded);

    /**
     * A program that turns pictures into tokens.
     *
     * @param program what to run
     * @param pictures [batch, channels, viewSize, viewSize], mapped; the host writes it
     * @param tokens integers [batch, grid·grid]
     */
    record Encoding(Program program, Slot pictures, Slot tokens) {}

    /**
     * A program that turns tokens into pictures.
     *
     * @param program what to run
     * @param tokens integers [batch, grid·grid]; the host writes it
     * @param pictures [batch, channels, viewSize, viewSize], mapped
     */
    record Decoding(Program program, Slot tokens, Slot pictures) {}

    /** Records the encoder for batches of one size. */
    default Encoding recordEncoding(int batch) {
        Slot pictures = layout().input(batch, channels(), viewSize(), viewSize());
        Slot tokens = layout().indexes(batch, grid() * grid());
        Graph graph = new Graph("tokenizer encode", false);
        Tokens.argMax(logits(graph.constant(pictures)), tokens);
        return new Encoding(graph.build(), pictures, tokens);
    }

    /** Records the decoder for batches of one size. */
    default Decoding recordDecoding(int batch) {
        Slot tokens = layout().indexes(batch, grid() * grid());
        Graph graph = new Graph("tokenizer decode", false);
        graph.section("codebook");
        Tensor pictures = graph.output(decode(embed(graph, tokens)));
        Program program = graph.build();
        return new Decoding(program, tokens, graph.locate(pictures));
    }

    /**
     * SHA-256 of the weights over (name, values) in the order of the names, as 64 hexadecimal digits: the key of token caches.
     *
     * @param executable holds the weights, as 32-bit floats
     */
    default String hash(Executable executable) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            List<Parameter> parameters = layout().parameters().stream()
                    .sorted(Comparator.comparing(Parameter::name))
                    .toList();
            for (Parameter parameter : parameters) {
                digest.update((parameter.name() + parameter.slot().shape()).getBytes(StandardCharsets.UTF_8));
                float[] values = executable.readFloats(parameter.slot());
                ByteBuffer bytes =
                        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(values);
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /** A map [batch, height, width, channels] as pictures [batch, channels, height, width]. */
    static Tensor channelsFirst(Tensor map) {
        int batch = map.shape().extent(0);
        int height = map.shape().extent(1);
        int width = map.shape().extent(2);
        int channels = map.shape().extent(3);
        if (channels == 1) {
            return map.reshape(batch, 1, height, width);
        }
        return Tokens.transpose(map.reshape(batch, height * width, channels)).reshape(batch, channels, height, width);
    }
}
