package beits.benchmark;

import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.device.Device;
import beits.device.Executable;
import beits.tokenizer.CodebookUse;
import beits.tokenizer.DallE;
import beits.tokenizer.DallEConfig;
import beits.tokenizer.ImageTokenizer;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/** Times DALL-E's tokenizer with random weights: how long a picture takes does not depend on their values. */
public final class TokenizerBenchmark {
    private static final long SEED = 1;

    private TokenizerBenchmark() {}

    /**
     * What was measured.
     *
     * @param parameters values of encoder and decoder
     * @param encoding of a batch
     * @param decoding of a batch
     * @param encodingFlops of a batch
     * @param decodingFlops of a batch
     * @param memory bytes of arenas and scratch
     * @param tokens of the batch
     * @param use of the codebook by the random pictures
     */
    public record Result(
            long parameters,
            Timing encoding,
            Timing decoding,
            long encodingFlops,
            long decodingFlops,
            long memory,
            int[] tokens,
            CodebookUse use) {}

    /**
     * Runs the benchmark.
     *
     * @param batch pictures at once
     * @param warmup runs before the clock starts
     * @param repeats runs that are timed
     */
    public static Result run(Device device, DallEConfig config, int batch, int warmup, int repeats) {
        Layout layout = new Layout();
        DallE model = new DallE(layout, config);
        ImageTokenizer.Encoding encoding = model.recordEncoding(batch);
        ImageTokenizer.Decoding decoding = model.recordDecoding(batch);
        try (Executable executable = device.compile(encoding.program(), decoding.program())) {
            for (Parameter parameter : layout.parameters()) {
                int size = Math.toIntExact(parameter.slot().size());
                executable.write(parameter.slot(), parameter.initialiser().draw(size, SEED, parameter.name()));
            }
            UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(SEED);
            float[] pictures = new float[Math.toIntExact(encoding.pictures().size())];
            for (int i = 0; i < pictures.length; i++) {
                pictures[i] = random.nextFloat();
            }
            model.pixels().map(pictures);
            executable.write(encoding.pictures(), pictures);
            Timing encoded = time(() -> executable.run(encoding.program()), warmup, repeats);
            int[] tokens = executable.readInts(encoding.tokens());
            executable.write(decoding.tokens(), tokens);
            Timing decoded = time(() -> executable.run(decoding.program()), warmup, repeats);
            return new Result(
                    layout.parameterCount(),
                    encoded,
                    decoded,
                    encoding.program().flops(),
                    decoding.program().flops(),
                    executable.memory(),
                    tokens,
                    CodebookUse.of(tokens, config.vocabulary()));
        }
    }

    private static Timing time(Runnable work, int warmup, int repeats) {
        for (int i = 0; i < warmup; i++) {
            work.run();
        }
        double[] seconds = new double[repeats];
        for (int i = 0; i < repeats; i++) {
            long start = System.nanoTime();
            work.run();
            seconds[i] = (System.nanoTime() - start) / 1e9;
        }
        return new Timing(seconds);
    }
}
