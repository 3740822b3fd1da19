package beits.benchmark;

import beits.autograd.Layout;
import beits.autograd.Parameter;
import beits.classification.ClassPredictor;
import beits.device.Device;
import beits.device.Executable;
import beits.device.Profile;
import beits.model.BeitConfig;
import beits.model.ImageClassifier;
import beits.model.ImageClassifier.Pooling;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/** Times classification of one batch of random pictures by a fine-tuned model's shape: a bias table a block, mean pooling. */
public final class InferBenchmark implements Workload {
    /** Classes of ImageNet-1k. */
    public static final int CLASSES = 1000;

    private final Layout layout = new Layout();
    private final ClassPredictor predictor;
    private final Executable executable;
    private final float[] images;
    private final int batch;

    /** Compiles the model for a batch of this size. */
    public InferBenchmark(Device device, BenchmarkModel model, int batch) {
        this.batch = batch;
        BeitConfig shape = model.config();
        BeitConfig config = new BeitConfig(
                shape.imageHeight(),
                shape.imageWidth(),
                shape.patchSize(),
                shape.channels(),
                shape.width(),
                shape.depth(),
                shape.heads(),
                shape.mlpRatio(),
                shape.qkvBias(),
                shape.absolutePositions(),
                false,
                true,
                shape.layerScale(),
                0);
        ImageClassifier network = new ImageClassifier(layout, config, CLASSES, Pooling.MEAN, 1);
        predictor = new ClassPredictor(layout, network, batch, false);
        executable = device.compile(predictor.program());
        for (Parameter parameter : layout.parameters()) {
            int size = Math.toIntExact(parameter.slot().size());
            executable.write(parameter.slot(), parameter.initialiser().draw(size, 1, parameter.name()));
        }
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(7);
        images = new float[batch * config.channels() * config.imageHeight() * config.imageWidth()];
        for (int i = 0; i < images.length; i++) {
            images[i] = 2 * random.nextFloat() - 1;
        }
    }

    @Override
    public void run() {
        predictor.logits(executable, images, batch);
    }

    @Override
    public Profile profile() {
        Profile profile = new Profile();
        executable.run(predictor.program(), profile);
        return profile;
    }

    @Override
    public long parameters() {
        return layout.parameterCount();
    }

    @Override
    public long flops() {
        return predictor.program().flops();
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
