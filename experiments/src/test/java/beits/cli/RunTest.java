package beits.cli;

import static beits.cli.Ended.beits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import beits.image.Image;
import beits.image.PngWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whole commands, from arguments to files, on networks of a few thousand parameters. */
class RunTest {
    private static final List<String> SMALL = List.of(
            "--set",
            "data.limit=48",
            "--set",
            "optim.batchSize=6",
            "--set",
            "optim.epochs=1",
            "--set",
            "run.saveEvery=3");
    private static final List<String> ENCODER = List.of("--set", "model.width=16", "--set", "model.depth=2");

    @TempDir
    private static Path home;

    private static List<String> finetuneFromScratch(Path out, String source, Path data, int epochs) {
        List<String> arguments = new ArrayList<>(List.of("finetune", "fashion-finetune", "--out", out.toString()));
        arguments.addAll(ENCODER);
        for (String setting : List.of(
                "initFrom=null",
                "labelsPerClass=0",
                "data.source=" + source,
                "data.path=" + data,
                "optim.batchSize=6",
                "optim.epochs=" + epochs,
                "optim.warmupEpochs=0")) {
            arguments.addAll(List.of("--set", setting));
        }
        return arguments;
    }

    private static List<String> tokenizer(Path out, String... more) {
        List<String> arguments = new ArrayList<>(List.of("train-tokenizer", "fashion-tokenizer"));
        arguments.addAll(SMALL);
        arguments.addAll(List.of("--set", "model.hiddenDim=4", "--set", "model.tokens=16"));
        arguments.addAll(List.of("--set", "optim.warmupEpochs=0", "--set", "optim.warmupSteps=0"));
        arguments.addAll(List.of("--out", out.toString()));
        arguments.addAll(List.of(more));
        return arguments;
    }

    private static List<String> pretrain(Path out, String... more) {
        List<String> arguments = new ArrayList<>(List.of("pretrain", "fashion-pretrain"));
        arguments.addAll(SMALL);
        arguments.addAll(ENCODER);
        arguments.addAll(List.of("--set", "tokenizer=" + home.resolve("tokenizer"), "--set", "model.dropPath=0.1"));
        arguments.addAll(List.of("--out", out.toString()));
        arguments.addAll(List.of(more));
        return arguments;
    }

    @BeforeAll
    static void trainTokenizer() {
        Ended ended = beits(tokenizer(home.resolve("tokenizer")));
        assertThat(ended.err()).doesNotContain("Exception");
        assertThat(ended.code()).isZero();
        Ended pretrained = beits(pretrain(home.resolve("pretrain")));
        assertThat(pretrained.code()).as(pretrained.err()).isZero();
    }

    @Test
    void runFolderHoldsEverything() throws IOException {
        Path run = home.resolve("pretrain");
        assertThat(names(run))
                .contains(
                        "recipe.yaml",
                        "metrics.jsonl",
                        "log.txt",
                        "tensorboard",
                        "model.safetensors",
                        "report.html",
                        "step-8.safetensors",
                        "step-8.state.safetensors")
                .doesNotContain("step-3.safetensors");
        assertThat(Files.readAllLines(run.resolve("metrics.jsonl"))).hasSize(8);
        assertThat(run.resolve("report.html")).content().contains("<svg", "mimAccuracy", "layerScaleInit");
    }

    @Test
    void reportOfATokenizerShowsWhatComesBackAndTheWordsInUse() {
        assertThat(home.resolve("tokenizer/report.html"))
                .content()
                .contains(
                        "visual words in use", "perplexity of the words", "from its tokens", "data:image/png;base64,");
    }

    /** A run that died after its checkpoint of step 6, and was continued, leaves the very files of one that did not. */
    @Test
    void resumedRunLeavesTheSameBytes() throws IOException {
        Path whole = home.resolve("pretrain");
        Path died = Files.createDirectory(home.resolve("died"));
        for (String name : List.of("recipe.yaml", "metrics.jsonl", "step-6.safetensors", "step-6.state.safetensors")) {
            Files.copy(whole.resolve(name), died.resolve(name));
        }
        Files.writeString(died.resolve("metrics.jsonl"), "{\"step\":", StandardOpenOption.APPEND);
        Ended ended = beits(pretrain(died, "--resume"));
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.err()).doesNotContain("step 6 of 8").contains("step 8 of 8");
        for (String name :
                List.of("metrics.jsonl", "step-8.safetensors", "step-8.state.safetensors", "model.safetensors")) {
            assertThat(died.resolve(name)).as(name).hasSameBinaryContentAs(whole.resolve(name));
        }
    }

    @Test
    void otherThreadsAndWorkersLeaveTheSameBytes() {
        Path other = home.resolve("other");
        Ended ended = beits(pretrain(other, "--threads", "1", "--set", "run.workers=3"));
        assertThat(ended.code()).as(ended.err()).isZero();
        for (String name : List.of("metrics.jsonl", "step-8.state.safetensors", "model.safetensors")) {
            assertThat(other.resolve(name))
                    .as(name)
                    .hasSameBinaryContentAs(home.resolve("pretrain").resolve(name));
        }
    }

    @Test
    void damagedCheckpointFallsBackToTheOneBefore() throws IOException {
        Path run = home.resolve("damaged");
        copy(home.resolve("pretrain"), run);
        Files.delete(run.resolve("metrics.jsonl"));
        Path newest = run.resolve("step-8.state.safetensors");
        Files.write(newest, new byte[100]);
        Ended ended = beits(pretrain(run, "--resume"));
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.err()).contains("step-8.state.safetensors");
        assertThat(newest).hasSameBinaryContentAs(home.resolve("pretrain").resolve("step-8.state.safetensors"));
    }

    @Test
    void divergingRunEndsAndItsLastCheckpointStands() {
        Path run = home.resolve("diverging");
        Ended ended =
                beits(pretrain(run, "--set", "optim.lr=1e30", "--set", "optim.clipGrad=0", "--set", "run.saveEvery=1"));
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err())
                .containsPattern("beits: step \\d+: loss .*pictures: .*lower optim.lr")
                .contains("begin a new run from it with a lower optim.lr: --set initFrom=")
                .doesNotContain("--resume");
        assertThat(run.resolve("step-1.safetensors")).exists();
        assertThat(run.resolve("model.safetensors")).doesNotExist();
    }

    @Test
    void weightsThatTheLastUpdateRuinedAreNotSaved() {
        Path run = home.resolve("ruined");
        Ended ended = beits(tokenizer(run, "--set", "optim.lr=1e38", "--set", "data.limit=6"));
        assertThat(ended.code()).as(ended.err()).isEqualTo(1);
        assertThat(ended.err()).contains("is not finite after the update; lower optim.lr");
        assertThat(run.resolve("step-1.safetensors")).doesNotExist();
        assertThat(run.resolve("model.safetensors")).doesNotExist();
    }

    @Test
    void folderThatAnotherRunWritesIntoIsRefused() throws IOException {
        Path run = home.resolve("locked");
        copy(home.resolve("pretrain"), run);
        Files.delete(run.resolve("step-8.safetensors"));
        byte[] before = Files.readAllBytes(run.resolve("metrics.jsonl"));
        try (RunLock _ = RunLock.of(run)) {
            Ended ended = beits(pretrain(run, "--resume"));
            assertThat(ended.code()).isEqualTo(2);
            assertThat(ended.err()).contains("--out " + run + ": another run writes into it");
        }
        assertThat(run.resolve("metrics.jsonl")).hasBinaryContent(before);
        Ended ended = beits(pretrain(run, "--resume"));
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(run.resolve(".lock")).doesNotExist();
    }

    @Test
    void testClassesOfOtherNumbersAreRefused() throws IOException {
        Path lists = Files.createDirectories(home.resolve("lists"));
        PngWriter.write(Image.blank(28, 28, 1), lists.resolve("one.png"));
        Files.writeString(lists.resolve("train.txt"), "one.png\tant\none.png\tbee\none.png\tcat\n".repeat(4));
        Files.writeString(lists.resolve("val.txt"), "one.png\tbee\none.png\tcat\n");
        Path run = home.resolve("numbered");
        List<String> arguments = finetuneFromScratch(run, "list_file", lists, 1);
        Ended ended = beits(arguments);
        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        assertThat(ended.err())
                .contains("the training pictures have 3 classes (ant, bee, cat), the test pictures 2 (bee, cat)");
        assertThat(run).doesNotExist();
        Files.writeString(lists.resolve("val.txt"), "one.png\tant\none.png\tbee\n");
        Ended alike = beits(arguments);
        assertThat(alike.code()).as(alike.err()).isZero();
    }

    @Test
    void brokenTestPicturesDoNotCostTheTraining() throws IOException {
        Path data = home.resolve("few");
        for (String label : List.of("a", "b")) {
            Path folder = Files.createDirectories(data.resolve("train").resolve(label));
            for (int i = 0; i < 6; i++) {
                PngWriter.write(Image.blank(28, 28, 1), folder.resolve(i + ".png"));
            }
            Files.createDirectories(data.resolve("val").resolve(label));
            PngWriter.write(
                    Image.blank(28, 28, 1), data.resolve("val").resolve(label).resolve("0.png"));
        }
        Path broken = Files.writeString(data.resolve("val/b/1.png"), "none");
        Path run = home.resolve("tested");
        List<String> arguments = finetuneFromScratch(run, "image_folder", data, 2);
        Ended failed = beits(arguments);
        assertThat(failed.code()).as(failed.err()).isEqualTo(2);
        assertThat(failed.err()).contains(broken.toString(), "step-4.safetensors stands; continue with");
        Files.delete(broken);
        arguments.add("--resume");
        Ended ended = beits(arguments);
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(run.resolve("model.safetensors")).exists();
    }

    @Test
    void resumeWithAnotherRecipeIsRefused() {
        Ended ended = beits(pretrain(home.resolve("pretrain"), "--resume", "--set", "optim.lr=0.5"));
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("optim.lr").hasLineCount(1);
    }

    @Test
    void folderInUseIsRefused() {
        Ended ended = beits(pretrain(home.resolve("pretrain")));
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("is not empty", "--resume").hasLineCount(1);
    }

    @Test
    void fineTuningMeasures() throws IOException {
        Path run = home.resolve("finetune");
        List<String> arguments = new ArrayList<>(List.of("finetune", "fashion-finetune", "--out", run.toString()));
        arguments.addAll(ENCODER);
        arguments.addAll(List.of("--set", "initFrom=" + home.resolve("pretrain"), "--set", "optim.epochs=1"));
        arguments.addAll(List.of("--set", "optim.warmupEpochs=0", "--set", "optim.modelEma=0.9"));
        Ended ended = beits(arguments);
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.out())
                .contains(
                        "top-1",
                        "averaged weights: top-1",
                        run.resolve("report.html").toString())
                .hasLineCount(1);
        assertThat(run.resolve("report.html")).content().contains("Ankle boot", "aria-label=\"confusion matrix\"");
        String metrics = Files.readAllLines(run.resolve("metrics.jsonl")).getLast();
        JsonNode measured = new JsonMapper().readTree(metrics).get("evaluation");
        for (String kind : List.of("model", "model-ema")) {
            Ended again =
                    beits("evaluate", run.resolve(kind + ".safetensors").toString(), "--data", "fashion_mnist_sample");
            assertThat(new JsonMapper().readTree(again.out()).get("top1").asDouble())
                    .as(kind)
                    .isCloseTo(
                            measured.get(kind.equals("model") ? "top1" : "emaTop1")
                                    .asDouble(),
                            within(1e-6));
        }
        assertThat(names(run)).as("measured once").doesNotContain("best.safetensors", "best-ema.safetensors");
    }

    @Test
    void theBestOfSeveralEvaluationsIsKeptAndNotForgotten() throws IOException {
        Path run = home.resolve("several");
        List<String> arguments = new ArrayList<>(List.of("finetune", "fashion-finetune", "--out", run.toString()));
        arguments.addAll(ENCODER);
        for (String setting : List.of(
                "initFrom=" + home.resolve("pretrain"),
                "optim.epochs=2",
                "optim.warmupEpochs=0",
                "optim.modelEma=0.9",
                "run.evaluateEvery=1",
                "run.saveEvery=1")) {
            arguments.addAll(List.of("--set", setting));
        }
        Ended ended = beits(arguments);
        assertThat(ended.code()).as(ended.err()).isZero();
        for (String name : List.of("best", "best-ema")) {
            Path file = run.resolve(name + ".safetensors");
            double best = best(run, name.equals("best") ? "top1" : "emaTop1");
            Ended again = beits("evaluate", file.toString());
            assertThat(new JsonMapper().readTree(again.out()).get("top1").asDouble())
                    .as(name)
                    .isCloseTo(best, within(1e-6));
            assertThat(ended.out())
                    .containsPattern("best top-1 %.1f %% at epoch [0-9.]+: \\Q%s\\E".formatted(100 * best, file));
        }
        assertThat(run.resolve("report.html")).content().contains("(best.safetensors)", "(best-ema.safetensors)");
        assertThat(beits("convert", run.resolve("best.safetensors").toString(), run + "/timm", "--to", "timm")
                        .code())
                .isZero();

        byte[] kept = Files.readAllBytes(run.resolve("best.safetensors"));
        Files.delete(run.resolve("step-4.safetensors"));
        arguments.add("--resume");
        Ended resumed = beits(arguments);
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(resumed.out()).isEqualTo(ended.out());
        assertThat(run.resolve("best.safetensors")).hasBinaryContent(kept);
    }

    private static double best(Path run, String measure) throws IOException {
        double best = 0;
        for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            JsonNode evaluation = new JsonMapper().readTree(line).path("evaluation");
            best = Math.max(best, evaluation.path(measure).asDouble());
        }
        return best;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pretrain no-such-recipe --out X",
                "pretrain fashion-pretrain --set optim.lr=-1 --out X",
                "pretrain fashion-pretrain --set optim.lrr=1 --out X",
                "pretrain fashion-pretrain --set tokenizer=null --out X",
                "pretrain fashion-pretrain --set tokenizer=nowhere --out X",
                "pretrain fashion-pretrain --device gpu --out X",
                "pretrain fashion-pretrain --threads -1 --out X",
                "train-tokenizer fashion-tokenizer --threads 0 --out X",
                "train-tokenizer fashion-tokenizer --set optim.epochs=2000000000 --out X",
                "pretrain fashion-pretrain --resume --out X",
                "pretrain fashion-tokenizer --out X",
                "train-tokenizer fashion-tokenizer --set data.source=image_folder --set data.path=nowhere --out X",
                "train-tokenizer fashion-tokenizer --set data.limit=3 --out X",
                "finetune fashion-finetune --set initFrom=nowhere --out X",
                "report nowhere",
                "recipes nothing",
                "benchmark step --model huge",
                "benchmark step --peer tensorflow",
                "benchmark infer --peer libtorch --vs cpu",
                "benchmark step --batch 0",
                "benchmark kernels --peer mkl",
                "benchmark kernels --peer openblas --vs cpu",
                "benchmark tokenizer --model vq",
                "benchmark tokenizer --model dall-e --work train",
                "benchmark tokenizer --work decode --peer libtorch",
                "benchmark kernels --only nothing",
                "benchmark kernels --repeats 0"
            })
    void mistakeIsOneLineAndLeavesNothing(String line) {
        Path out = home.resolve("never");
        Ended ended = beits(List.of(line.replace("X", out.toString()).split(" ")));
        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        assertThat(ended.err()).startsWith("beits: ").hasLineCount(1);
        assertThat(ended.out()).isEmpty();
        assertThat(out).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pretrain fashion-pretrain --set tokenizer=not/fashion-tokenizer | tokenizer: | train-tokenizer fashion-tokenizer
            finetune fashion-finetune --set initFrom=not/fashion-pretrain   | initFrom:  | pretrain fashion-pretrain
            fewlabel fashion-segment --set initFrom=not/fashion-pretrain    | initFrom:  | pretrain fashion-pretrain
            tokenize fashion-pretrain --set tokenizer=not/here --cache X    | tokenizer: | --set tokenizer=CHECKPOINT
            """)
    void missingStartNamesFieldAndRemedy(String line, String field, String remedy) {
        Path out = home.resolve("never");
        Ended ended = beits(List.of(line.replace("X", out.toString()).split(" ")));
        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        assertThat(ended.err()).startsWith("beits: " + field).contains(remedy).hasLineCount(1);
        assertThat(out).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pretrain", "pretrian x", "--nonsense", "pretrain a --devise cpu", "benchmark"})
    void wrongUseNamesTheHelp(String line) {
        Ended ended = beits(List.of(line.split(" ")));
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("--help").hasLineCount(1);
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void everyCommandIsListedWithAWholeSentenceAndHelps() {
        String list = beits("--help").out();
        String commands = list.substring(list.indexOf("Commands:")).replaceAll("\\R {3,}", " ");
        List<String> lines = commands.lines().skip(1).map(String::strip).toList();
        assertThat(lines).hasSizeGreaterThan(20).allMatch(line -> line.endsWith("."));
        for (String line : lines) {
            String command = line.substring(0, line.indexOf(' '));
            if (!command.equals("help")) {
                Ended ended = beits(command, "--help");
                assertThat(ended.code()).as(command).isZero();
                assertThat(ended.out()).contains("Usage: beits " + command);
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectory(to);
        for (String name : names(from)) {
            if (Files.isRegularFile(from.resolve(name))) {
                Files.copy(from.resolve(name), to.resolve(name));
            }
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }

    @Test
    void aChainHandsEachResultToTheNext() throws IOException {
        Path out = home.resolve("chain");
        List<String> chain =
                new ArrayList<>(List.of("chain", "fashion-pretrain", "fashion-finetune", "fashion-finetune"));
        for (String name : List.of("fashion-pretrain", "fashion-finetune")) {
            for (String set : List.of(
                    "data.limit=48",
                    "model.width=16",
                    "model.depth=2",
                    "optim.batchSize=6",
                    "optim.epochs=1",
                    "optim.warmupEpochs=0")) {
                chain.addAll(List.of("--set", name + ":" + set));
            }
        }
        chain.addAll(List.of("--set", "fashion-pretrain:tokenizer=" + home.resolve("tokenizer")));
        chain.addAll(List.of("--set", "fashion-finetune:labelsPerClass=0"));
        chain.addAll(List.of("--out", out.toString()));
        Ended ended = beits(chain);
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(names(out))
                .containsExactlyInAnyOrder("1-fashion-pretrain", "2-fashion-finetune", "3-fashion-finetune");
        assertThat(Files.readString(out.resolve("2-fashion-finetune/recipe.yaml")))
                .contains("1-fashion-pretrain");
        assertThat(Files.readString(out.resolve("3-fashion-finetune/recipe.yaml")))
                .contains("2-fashion-finetune");
        assertThat(Files.readString(out.resolve("1-fashion-pretrain/report.html")))
                .contains("filled in");
        Path last = out.resolve("3-fashion-finetune");
        byte[] whole = Files.readAllBytes(last.resolve("model.safetensors"));
        try (Stream<Path> files = Files.walk(last)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        assertThat(beits(chain).err()).contains("is not empty");
        chain.add("--resume");
        Ended resumed = beits(chain);
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(resumed.err()).doesNotContain("pretrain fashion-pretrain").contains("finetune fashion-finetune");
        assertThat(last.resolve("model.safetensors")).hasBinaryContent(whole);
        assertThat(resumed.out()).contains("chain: all of it is done, the last part in " + last);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            fashion-pretrain fashion-tokenizer | fashion-tokenizer: trains a tokenizer, which starts from nothing; put it first
            fashion-tokenizer fashion-finetune | fashion-finetune: cannot start from a tokenizer; put a pre-training between
            fashion-pretrain --set optim.epochs=1 | --set optim.epochs=1: must begin with one of the recipes and a colon
            fashion-pretrain nowhere | nowhere: no such recipe file
            """)
    void aChainThatCannotHoldIsRefused(String arguments, String message) {
        List<String> all = new ArrayList<>(
                List.of("chain", "--out", home.resolve("refused").toString()));
        all.addAll(List.of(arguments.split(" ")));
        Ended ended = beits(all);
        assertThat(ended.code()).isEqualTo(Main.USER_MISTAKE);
        assertThat(ended.err()).contains(message);
        assertThat(home.resolve("refused")).doesNotExist();
    }
}
