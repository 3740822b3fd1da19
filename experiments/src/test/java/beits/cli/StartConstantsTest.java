package beits.cli;

import static beits.cli.Ended.beits;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recipes that start from weights which were trained on pictures normalised by certain constants. */
class StartConstantsTest {
    private static final List<String> TINY = List.of(
            "data.limit=12",
            "model.imageSize=28",
            "model.patchSize=7",
            "model.width=" + TinyModel.WIDTH,
            "model.depth=" + TinyModel.DEPTH,
            "model.heads=" + TinyModel.HEADS,
            "model.mlpRatio=2",
            "optim.batchSize=6",
            "optim.epochs=1",
            "optim.warmupEpochs=0");

    @TempDir
    private static Path home;

    private static Path half;
    private static Path imagenet;
    private static Path other;

    private static Ended run(Path out, String command, String recipe, String... settings) {
        List<String> fields = new ArrayList<>();
        for (String setting : settings) {
            fields.addAll(List.of("--set", setting));
        }
        return beits(command, recipe, "--out", out, fields);
    }

    private static Ended finetune(Path out, Path start, String... more) {
        List<String> settings = new ArrayList<>(TINY);
        settings.addAll(List.of("data.source=drawings_sample", "model.channels=3", "labelsPerClass=0"));
        settings.addAll(List.of("initFrom=" + start));
        settings.addAll(List.of(more));
        return run(out, "finetune", "fashion-finetune", settings.toArray(String[]::new));
    }

    @BeforeAll
    static void makeStarts() throws IOException {
        half = TinyModel.masked(home.resolve("half.safetensors"), List.of(0.5f, 0.5f, 0.5f), List.of(0.5f, 0.5f, 0.5f));
        imagenet = TinyModel.masked(
                home.resolve("imagenet.safetensors"), List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f));
        other = TinyModel.masked(
                home.resolve("other.safetensors"), List.of(0.3f, 0.3f, 0.3f), List.of(0.2f, 0.2f, 0.2f));
    }

    private static void assertRefused(Ended ended, Path out, String... parts) {
        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        assertThat(ended.err().lines().filter(line -> line.contains("initFrom")))
                .singleElement()
                .asString()
                .contains(parts);
        assertThat(Files.exists(out)).isFalse();
    }

    @Test
    void fineTuningRefusesOtherConstantsAndNamesBothAndTheRemedy() {
        Path out = home.resolve("refused");
        assertRefused(
                finetune(out, imagenet),
                out,
                imagenet.toString(),
                "mean [0.485, 0.456, 0.406] and std [0.229, 0.224, 0.225]",
                "mean [0.5, 0.5, 0.5] and std [0.5, 0.5, 0.5]",
                "set imagenetMeanAndStd: true");
        assertRefused(
                finetune(out, half, "imagenetMeanAndStd=true"), out, half.toString(), "set imagenetMeanAndStd: false");
    }

    @Test
    void fineTuningWithTheConstantsOfItsStartRuns() {
        Ended ended = finetune(
                home.resolve("ran"), imagenet, "imagenetMeanAndStd=true", "autoAugment=original-mstd0.5", "mixup=0.8");
        assertThat(ended.code()).as(ended.err()).isZero();
    }

    @Test
    void preTrainingRefusesOtherConstants() {
        Path tokenizer = home.resolve("tokenizer");
        List<String> small = List.of(
                "data.source=drawings_sample",
                "data.limit=12",
                "model.imageSize=16",
                "model.channels=3",
                "model.hiddenDim=4",
                "model.tokens=8",
                "optim.batchSize=6",
                "optim.epochs=1",
                "optim.warmupEpochs=0",
                "optim.warmupSteps=0");
        Ended trained = run(tokenizer, "train-tokenizer", "fashion-tokenizer", small.toArray(String[]::new));
        assertThat(trained.code()).as(trained.err()).isZero();
        Path out = home.resolve("pretrain");
        List<String> settings = new ArrayList<>(TINY);
        settings.addAll(List.of("data.source=drawings_sample", "model.channels=3", "tokenizer=" + tokenizer));
        settings.addAll(List.of("mask.maskPatches=6", "initFrom=" + imagenet));
        assertRefused(
                run(out, "pretrain", "fashion-pretrain", settings.toArray(String[]::new)),
                out,
                "0.485",
                "set imagenetMeanAndStd: true");
    }

    @Test
    void segmentationRefusesConstantsThatNoRecipeHas() {
        Path out = home.resolve("segment");
        assertRefused(
                run(out, "segment", "scenes-segment", "model.channels=3", "initFrom=" + other),
                out,
                "mean [0.3, 0.3, 0.3] and std [0.2, 0.2, 0.2]",
                "mean [0.5, 0.5, 0.5] and std [0.5, 0.5, 0.5]",
                "start from a checkpoint that was trained with either");
    }

    /** The released UPerNet models start from weights trained with 0.5 and normalise by ImageNet's constants. */
    @Test
    void segmentationWithImagenetsConstantsOnHalfIsToldAndRuns() {
        List<String> settings = new ArrayList<>(TINY);
        settings.removeFirst();
        settings.addAll(List.of(
                "data.training=12",
                "data.test=4",
                "model.channels=3",
                "imagenetMeanAndStd=true",
                "decoder=setr_naive",
                "blocks=[0]",
                "optim.warmupSteps=0",
                "initFrom=" + half));
        Ended ended = run(home.resolve("told"), "segment", "scenes-segment", settings.toArray(String[]::new));
        assertThat(ended.err()).contains("initFrom: " + half + " was trained on", "as the released UPerNet models do");
        assertThat(ended.code()).as(ended.err()).isZero();

        Path out = home.resolve("not-told");
        settings.set(settings.indexOf("imagenetMeanAndStd=true"), "imagenetMeanAndStd=false");
        settings.set(settings.size() - 1, "initFrom=" + imagenet);
        assertRefused(
                run(out, "segment", "scenes-segment", settings.toArray(String[]::new)),
                out,
                "set imagenetMeanAndStd: true");
    }

    @Test
    void anUnknownPolicyIsRefused() {
        Ended ended = finetune(home.resolve("policy"), half, "autoAugment=rand-x9");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("autoAugment: rand-x9 must be", "rand-m9-mstd0.5-inc1");
    }
}
