package beits.job;

import beits.autograd.Layout;
import beits.checkpoint.Checkpoints;
import beits.checkpoint.NamedTensors;
import beits.device.Device;
import beits.device.Executable;
import beits.tokenizer.DallE;
import beits.tokenizer.DiscreteVae;
import beits.tokenizer.ImageTokenizer;
import beits.tokenizer.TokenCache;
import beits.train.RunCheckpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A trained tokenizer on a device, for batches of one size. */
public final class LoadedTokenizer implements AutoCloseable {
    private final ImageTokenizer tokenizer;
    private final int batch;
    private final ImageTokenizer.Encoding encoding;
    private final ImageTokenizer.Decoding decoding;
    private final Executable executable;
    private final String hash;
    private @Nullable TokenCache cache;
    private long computed;

    private LoadedTokenizer(Device device, ImageTokenizer tokenizer, int batch, NamedTensors weights, String source)
            throws IOException {
        this.tokenizer = tokenizer;
        this.batch = batch;
        this.encoding = tokenizer.recordEncoding(batch);
        this.decoding = tokenizer.recordDecoding(batch);
        this.executable = device.compile(encoding.program(), decoding.program());
        RunCheckpoints.load(weights, tokenizer.layout(), executable, source);
        this.hash = tokenizer.hash(executable);
    }

    /**
     * Opens a tokenizer's checkpoint: one of our own, or DALL-E's.
     *
     * @param batch pictures of a batch
     */
    public static LoadedTokenizer open(Device device, Path file, int batch) throws IOException {
        return open(device, file, batch, DallEWeights.PUBLISHED_SIZE);
    }

    /**
     * Opens a tokenizer's checkpoint: one of our own, or DALL-E's.
     *
     * @param batch pictures of a batch
     * @param dallESize side of the pictures for DALL-E's tokenizer, which reads any multiple of 8; our own state theirs
     */
    public static LoadedTokenizer open(Device device, Path file, int batch, int dallESize) throws IOException {
        NamedTensors checkpoint = Checkpoints.open(file);
        if (!DallEWeights.isIn(checkpoint)) {
            return of(device, checkpoint, file.toString(), batch);
        }
        DallEWeights weights = DallEWeights.read(checkpoint, file, dallESize);
        DallE tokenizer = new DallE(new Layout(), weights.config());
        return new LoadedTokenizer(device, tokenizer, batch, weights.tensors(), file.toString());
    }

    /** Words of a tokenizer's checkpoint, which is not made ready for anything else. */
    public static int vocabulary(Path file) throws IOException {
        NamedTensors checkpoint = Checkpoints.open(file);
        return DallEWeights.isIn(checkpoint)
                ? DallEWeights.read(checkpoint, file, DallEWeights.PUBLISHED_SIZE)
                        .config()
                        .vocabulary()
                : ModelCard.of(checkpoint, file.toString())
                        .require(ModelKind.TOKENIZER, file.toString())
                        .vocabulary();
    }

    /** A tokenizer of our own from the content of its checkpoint. */
    public static LoadedTokenizer of(Device device, NamedTensors checkpoint, String source, int batch)
            throws IOException {
        ModelCard card = ModelCard.of(checkpoint, source).require(ModelKind.TOKENIZER, source);
        ImageTokenizer tokenizer = new DiscreteVae(new Layout(), Objects.requireNonNull(card.dvae()));
        return new LoadedTokenizer(device, tokenizer, batch, checkpoint, source);
    }

    /** The tokenizer. */
    public ImageTokenizer tokenizer() {
        return tokenizer;
    }

    /** SHA-256 of its weights. */
    public String hash() {
        return hash;
    }

    /** Pictures of a batch. */
    public int batch() {
        return batch;
    }

    /** Pictures that went through the encoder; those that a cache knew did not. */
    public long computed() {
        return computed;
    }

    /** Looks pictures up before they are encoded, and keeps what is not there. The caller closes the cache. */
    public void use(TokenCache known) {
        cache = known;
    }

    /** The key of a cache for this tokenizer's views. */
    public TokenCache.Key key(String augmentation) {
        String view = "%dx%dx%d %s"
                .formatted(tokenizer.viewSize(), tokenizer.viewSize(), tokenizer.channels(), tokenizer.pixels());
        return new TokenCache.Key(
                hash, view, augmentation, tokenizer.grid() * tokenizer.grid(), tokenizer.vocabulary());
    }

    /**
     * Visual tokens of a batch.
     *
     * @param pictures mapped pictures [batch, channels, viewSize, viewSize]
     * @return [batch, grid·grid]
     */
    public int[] encode(float[] pictures) {
        try {
            return encode(pictures, batch);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Visual tokens of a batch that is not full.
     *
     * @param pictures mapped pictures [batch, channels, viewSize, viewSize]
     * @param count rows in use; the tokens of the others say nothing
     * @throws IOException when the cache cannot be read or written
     */
    public int[] encode(float[] pictures, int count) throws IOException {
        TokenCache known = cache;
        if (known == null) {
            return compute(pictures, count);
        }
        int length = pictures.length / batch;
        int grid = tokenizer.grid() * tokenizer.grid();
        int[] tokens = new int[batch * grid];
        TokenCache.Digest[] digests = new TokenCache.Digest[count];
        boolean[] missing = new boolean[count];
        boolean any = false;
        for (int row = 0; row < count; row++) {
            digests[row] = TokenCache.Digest.of(pictures, row * length, length);
            missing[row] = !known.get(digests[row], tokens, row * grid);
            any |= missing[row];
        }
        if (!any) {
            return tokens;
        }
        int[] fresh = compute(pictures, count);
        for (int row = 0; row < count; row++) {
            if (missing[row]) {
                System.arraycopy(fresh, row * grid, tokens, row * grid, grid);
                if (!known.get(digests[row], tokens, row * grid)) {
                    known.put(digests[row], fresh, row * grid);
                }
            }
        }
        return tokens;
    }

    private int[] compute(float[] pictures, int count) {
        executable.write(encoding.pictures(), pictures);
        executable.run(encoding.program());
        computed += count;
        return executable.readInts(encoding.tokens());
    }

    /**
     * Pictures for visual tokens.
     *
     * @param tokens [batch, grid·grid]
     * @return mapped pictures [batch, channels, viewSize, viewSize]
     */
    public float[] decode(int[] tokens) {
        executable.write(decoding.tokens(), tokens);
        executable.run(decoding.program());
        return executable.readFloats(decoding.pictures());
    }

    @Override
    public void close() {
        executable.close();
    }
}
