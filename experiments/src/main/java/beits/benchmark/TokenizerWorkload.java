package beits.benchmark;

import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.device.Device;
import beits.device.Executable;
import beits.device.Profile;
import beits.program.Program;
import beits.tensor.Arena;
import beits.tensor.Slot;
import beits.tokenizer.DallE;
import beits.tokenizer.DallEConfig;
import beits.tokenizer.DiscreteVae;
import beits.tokenizer.DiscreteVaeConfig;
import beits.tokenizer.ImageTokenizer;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/** A tokenizer with random weights at work on random pictures or tokens: how long it takes does not depend on their values. */
public final class TokenizerWorkload implements Workload {
    private static final long SEED = 1;

    private final Layout layout;
    private final Program program;
    private final Executable executable;

    private TokenizerWorkload(Device device, ImageTokenizer model, int batch, boolean encode) {
        layout = model.layout();
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(SEED);
        if (encode) {
            ImageTokenizer.Encoding encoding = model.recordEncoding(batch);
            program = encoding.program();
            executable = compile(device);
            float[] pictures = new float[Math.toIntExact(encoding.pictures().size())];
            for (int i = 0; i < pictures.length; i++) {
                pictures[i] = random.nextFloat();
            }
            model.pixels().map(pictures);
            executable.write(encoding.pictures(), pictures);
        } else {
            ImageTokenizer.Decoding decoding = model.recordDecoding(batch);
            program = decoding.program();
            executable = compile(device);
            int[] tokens = new int[Math.toIntExact(decoding.tokens().size())];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = random.nextInt(model.vocabulary());
            }
            executable.write(decoding.tokens(), tokens);
        }
    }

    /** DALL-E's tokenizer: pictures to tokens, or tokens to pictures. */
    public static TokenizerWorkload dallE(Device device, DallEConfig config, int batch, boolean encode) {
        return new TokenizerWorkload(device, new DallE(new Layout(), config), batch, encode);
    }

    /** The trainable dVAE: pictures to tokens, or tokens to pictures. */
    public static TokenizerWorkload discreteVae(Device device, DiscreteVaeConfig config, int batch, boolean encode) {
        return new TokenizerWorkload(device, new DiscreteVae(new Layout(), config), batch, encode);
    }

    private Executable compile(Device device) {
        Executable compiled = device.compile(program);
        for (Parameter parameter : used()) {
            int size = Math.toIntExact(parameter.slot().size());
            compiled.write(parameter.slot(), parameter.initialiser().draw(size, SEED, parameter.name()));
        }
        return compiled;
    }

    /** Parameters of the half that works: encoder or decoder. */
    private List<Parameter> used() {
        Set<Long> read = program.kernels().stream()
                .flatMap(kernel -> kernel.reads().stream())
                .filter(slot -> slot.arena() == Arena.PARAMETERS)
                .map(Slot::offset)
                .collect(Collectors.toSet());
        return layout.parameters().stream()
                .filter(parameter -> read.contains(parameter.slot().offset()))
                .toList();
    }

    @Override
    public void run() {
        executable.run(program);
    }

    @Override
    public Profile profile() {
        Profile profile = new Profile();
        executable.run(program, profile);
        return profile;
    }

    /** Of the half that works: encoder or decoder. */
    @Override
    public long parameters() {
        return used().stream().mapToLong(parameter -> parameter.slot().size()).sum();
    }

    @Override
    public long flops() {
        return program.flops();
    }

    @Override
    public Executable executable() {
        return executable;
    }

    @Override
    public void close() {
        executable.close();
    }
}
