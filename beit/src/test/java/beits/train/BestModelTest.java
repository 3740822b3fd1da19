package beits.train;

import static org.assertj.core.api.Assertions.assertThat;

import beits.autograd.Layout;
import beits.checkpoint.NamedTensors;
import beits.checkpoint.Safetensors;
import beits.classification.ClassificationBatch;
import beits.classification.ClassificationObjective;
import beits.device.Device;
import beits.device.Devices;
import beits.model.BeitConfig;
import beits.model.ImageClassifier;
import beits.optim.LayerDecay;
import beits.optim.Optimiser;
import beits.optim.ParameterGroup;
import beits.tensor.Arena;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which weights a run keeps beside its last. */
class BestModelTest {
    private static final BeitConfig CONFIG = new BeitConfig(8, 8, 4, 1, 8, 1, 2, 2, true, false, true, false, 0.1, 0);
    private static final Map<String, String> DESCRIPTION = Map.of("of", "the model");
    private static final String HEAD = "head.weight";

    @TempDir
    private Path folder;

    /**
     * What a run left.
     *
     * @param best of the weights
     * @param heads of every evaluation of this part of the run, in order
     * @param averages of these heads
     */
    private record Ran(
            BestModel.@Nullable Best best, List<float[]> heads, List<float[]> averages, List<String> notes) {}

    @Test
    void theBestIsKeptWhenItGoesDownAgain() throws IOException {
        Ran ran = run(false, 4, 1, 0.2, 0.6, 0.6, 0.4);
        assertThat(ran.best).isEqualTo(new BestModel.Best(file(), 0.6, 1));
        NamedTensors kept = Safetensors.read(file());
        assertThat(kept.get(HEAD).toFloats()).isEqualTo(ran.heads.get(1)).isNotEqualTo(ran.heads.get(3));
        assertThat(kept.metadata())
                .containsEntry("of", "the model")
                .containsEntry(RunCheckpoints.STEP, "2")
                .containsEntry(BestModel.MEASURE, "top1")
                .containsEntry(BestModel.VALUE, "0.6");
        // The moving average is measured by 1 less the value.
        assertThat(Safetensors.read(folder.resolve("best-ema.safetensors"))
                        .get(HEAD)
                        .toFloats())
                .isEqualTo(ran.averages.getFirst())
                .isNotEqualTo(ran.heads.getFirst());
    }

    @Test
    void aResumedRunKeepsTheBestOfBefore() throws IOException {
        float[] head = run(false, 2, 1, 0.2, 0.6).heads.getLast();
        Ran resumed = run(true, 3, 1, 0.4);
        assertThat(resumed.heads).hasSize(1);
        assertThat(resumed.best).isEqualTo(new BestModel.Best(file(), 0.6, 1));
        assertThat(Safetensors.read(file()).get(HEAD).toFloats()).isEqualTo(head);
        Ran higher = run(true, 4, 1, 0.7);
        assertThat(higher.best).isEqualTo(new BestModel.Best(file(), 0.7, 2));
        assertThat(Safetensors.read(file()).get(HEAD).toFloats()).isEqualTo(higher.heads.getFirst());
    }

    @Test
    void aDamagedFileIsToldAndReplaced() throws IOException {
        run(false, 2, 1, 0.2, 0.6);
        Files.write(file(), new byte[100]);
        Ran resumed = run(true, 4, 1, 0.4, 0.3);
        assertThat(resumed.notes).singleElement().asString().contains(file().toString(), "sought from here on");
        assertThat(resumed.best).isEqualTo(new BestModel.Best(file(), 0.4, 1.5));
        assertThat(Safetensors.read(file()).get(HEAD).toFloats()).isEqualTo(resumed.heads.getFirst());
    }

    @Test
    void aRunMeasuredAtItsEndAloneKeepsNoSecondCopy() throws IOException {
        Ran ran = run(false, 4, 0, 0.6);
        assertThat(ran.best).isNull();
        assertThat(file()).doesNotExist();
    }

    private Path file() {
        return folder.resolve("best.safetensors");
    }

    /**
     * A run of 4 steps, 2 an epoch.
     *
     * @param until the step that it is stopped after
     * @param values what its evaluations come to, one after the other
     */
    private Ran run(boolean resume, int until, int evaluateEvery, double... values) throws IOException {
        Layout layout = new Layout();
        ImageClassifier model = new ImageClassifier(layout, CONFIG, 3, ImageClassifier.Pooling.MEAN, 1);
        ClassificationObjective objective = new ClassificationObjective(layout, model, 2, false, 0, 5);
        Optimiser optimiser = new Optimiser(
                layout,
                new Optimiser.Settings(0.9, 0.999, 1e-8, 0, 0.9),
                ParameterGroup.of(layout.parameters(), LayerDecay.NONE, ParameterGroup.NEVER_DECAYED, true));
        double[] rates = new double[4];
        Arrays.fill(rates, 0.01);
        List<float[]> heads = new ArrayList<>();
        List<float[]> averages = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        BestModel best = new BestModel(file(), "top1", Arena.PARAMETERS, 2, DESCRIPTION);
        BestModel averaged =
                new BestModel(folder.resolve("best-ema.safetensors"), "emaTop1", Arena.AVERAGE, 2, DESCRIPTION);
        RunCheckpoints store = new RunCheckpoints(folder, 1, DESCRIPTION);
        try (Device device = Devices.open("cpu");
                Trainer<ClassificationBatch> trainer =
                        new Trainer<>(device, objective, optimiser, 1, rates, new double[4], List.of(), false)) {
            trainer.initialise(1);
            if (resume) {
                assertThat(store.resume(trainer, notes::add)).isTrue();
                best.resume(notes::add);
                averaged.resume(notes::add);
            }
            new TrainingLoop<>(
                            trainer,
                            new Pictures(),
                            new TrainingLoop.Settings(2, 4, evaluateEvery),
                            store,
                            List.of(best, averaged),
                            _ -> {})
                    .run(
                            () -> {
                                double value = values[heads.size()];
                                heads.add(head(trainer, Arena.PARAMETERS));
                                averages.add(head(trainer, Arena.AVERAGE));
                                return Map.of("top1", value, "emaTop1", 1 - value);
                            },
                            () -> trainer.stepsDone() == until);
        }
        return new Ran(best.best(), heads, averages, notes);
    }

    private static float[] head(Trainer<?> trainer, Arena arena) {
        return RunCheckpoints.model(trainer.executable(), trainer.objective().layout(), arena)
                .get(HEAD)
                .toFloats();
    }

    /** Two pictures, the same at every step. */
    private record Pictures() implements BatchSource<ClassificationBatch> {
        @Override
        public List<ClassificationBatch> batches(long step) {
            float[] images = new float[2 * 8 * 8];
            for (int i = 0; i < images.length; i++) {
                images[i] = i % 7 - 3;
            }
            return List.of(new ClassificationBatch(images, new int[] {0, 2}, null));
        }

        @Override
        public List<String> pictures() {
            return List.of();
        }

        @Override
        public double waitedSeconds() {
            return 0;
        }
    }
}
