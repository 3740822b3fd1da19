package beits.job;

import beits.autograd.Layout;
import beits.checkpoint.NamedTensors;
import beits.checkpoint.Safetensors;
import beits.device.Device;
import beits.device.Executable;
import beits.tokenizer.DiscreteVae;
import beits.tokenizer.ImageTokenizer;
import beits.train.RunCheckpoints;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/** A trained tokenizer on a device, for batches of one size. */
public final class LoadedTokenizer implements AutoCloseable {
    private final ImageTokenizer tokenizer;
    private final int batch;
    private final ImageTokenizer.Encoding encoding;
    private final ImageTokenizer.Decoding decoding;
    private final Executable executable;
    private final String hash;

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
     * Opens a tokenizer's checkpoint.
     *
     * @param batch pictures of a batch
     */
    public static LoadedTokenizer open(Device device, Path file, int batch) throws IOException {
        return of(device, Safetensors.read(file), file.toString(), batch);
    }

    /** A tokenizer from the content of its checkpoint. */
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

    /**
     * Visual tokens of a batch.
     *
     * @param pictures mapped pictures [batch, channels, viewSize, viewSize]
     * @return [batch, grid·grid]
     */
    public int[] encode(float[] pictures) {
        executable.write(encoding.pictures(), pictures);
        executable.run(encoding.program());
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
