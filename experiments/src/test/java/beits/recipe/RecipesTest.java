package beits.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.autograd.Layout;
import beits.model.ImageClassifier;
import beits.model.MaskedImageModel;
import beits.segmentation.SegmentationModel;
import beits.tokenizer.DiscreteVae;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class RecipesTest {
    private static final List<String> SHIPPED = Recipes.SHIPPED;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @FieldSource("SHIPPED")
    void shippedRecipeBuildsItsModelAndSurvivesWriting(String name) throws IOException {
        Object recipe = read(name);
        Path file = Files.writeString(folder.resolve("again.yaml"), Recipes.write(recipe));
        assertThat(Recipes.read(file.toString(), recipe.getClass(), List.of())).isEqualTo(recipe);
        assertThat(Recipes.text(name)).as("begins with what it is").startsWith("# ");
        switch (recipe) {
            case TokenizerRecipe t ->
                assertThat(new DiscreteVae(new Layout(), t.model()).vocabulary())
                        .isEqualTo(t.model().tokens());
            case PretrainRecipe p ->
                assertThat(new MaskedImageModel(new Layout(), p.model().config(), 8192).vocabulary())
                        .isEqualTo(8192);
            case FinetuneRecipe f ->
                assertThat(new ImageClassifier(new Layout(), f.model().config(), 10, f.pooling(), f.initScale())
                                .classes())
                        .isEqualTo(10);
            case SegmentRecipe s ->
                assertThat(new SegmentationModel(new Layout(), s.config(11))
                                .config()
                                .classes())
                        .isEqualTo(11);
            default -> throw new AssertionError(name);
        }
    }

    private static Object read(String name) throws IOException {
        Class<?> type = name.contains("tokenizer")
                ? TokenizerRecipe.class
                : name.contains("pretrain")
                        ? PretrainRecipe.class
                        : name.contains("ade20k") || name.contains("segment")
                                ? SegmentRecipe.class
                                : FinetuneRecipe.class;
        return Recipes.read(name, type, List.of());
    }

    /** A recipe that starts from what another one leaves would be refused with other constants. */
    @ParameterizedTest
    @FieldSource("SHIPPED")
    void constantsAreThoseOfTheRecipeBefore(String name) throws IOException {
        String start = switch (read(name)) {
            case FinetuneRecipe f -> f.initFrom();
            case SegmentRecipe s -> s.initFrom();
            default -> null;
        };
        if (start != null && start.startsWith("runs/")) {
            assertThat(imagenetConstants(name)).isEqualTo(imagenetConstants(start.substring("runs/".length())));
        }
    }

    /** beit/README.md asks for {@code --imagenet_default_mean_and_std} on ImageNet-1k and not on ImageNet-22k. */
    @ParameterizedTest
    @CsvSource({"beit-base-pretrain,true", "beit-large-pretrain,true", "beit-base-22k-pretrain,false"})
    void pretrainingHasTheOfficialConstants(String name, boolean imagenet) throws IOException {
        assertThat(imagenetConstants(name)).isEqualTo(imagenet);
    }

    private static boolean imagenetConstants(String name) throws IOException {
        return switch (read(name)) {
            case PretrainRecipe p -> p.imagenetMeanAndStd();
            case FinetuneRecipe f -> f.imagenetMeanAndStd();
            case SegmentRecipe s -> s.imagenetMeanAndStd();
            default -> throw new AssertionError(name);
        };
    }

    /** Base and large of the paper, with the relative tables of pre-training. */
    @ParameterizedTest
    @CsvSource({"beit-base-pretrain,91965776", "beit-large-pretrain,311534016"})
    void pretrainingHasThePublishedParameters(String name, long parameters) throws IOException {
        Layout layout = new Layout();
        new MaskedImageModel(
                layout,
                Recipes.read(name, PretrainRecipe.class, List.of()).model().config(),
                8192);
        assertThat(layout.parameterCount()).isEqualTo(parameters);
    }

    @ParameterizedTest
    @CsvSource({"beit-base-finetune,86530984", "beit-base-finetune-384,86744104", "beit-large-finetune,304430568"})
    void fineTuningHasThePublishedParameters(String name, long parameters) throws IOException {
        Layout layout = new Layout();
        FinetuneRecipe recipe = Recipes.read(name, FinetuneRecipe.class, List.of());
        new ImageClassifier(layout, recipe.model().config(), 1000, recipe.pooling(), recipe.initScale());
        assertThat(layout.parameterCount()).isEqualTo(parameters);
    }

    @ParameterizedTest
    @CsvSource({"beit-base-pretrain,2048", "beit-large-pretrain,2048", "beit-base-22k-pretrain,2048"})
    void pretrainingHasThePapersBatch(String name, int batch) throws IOException {
        OptimRecipe optim = Recipes.read(name, PretrainRecipe.class, List.of()).optim();
        assertThat(optim.batchSize() * optim.updateFreq()).isEqualTo(batch);
        assertThat(optim.lr()).isEqualTo(1.5e-3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            epochs: 20           | epohcs: 20         | 39:3  | optim.epohcs: unknown field, did you mean epochs?
            epochs: 20           | # epochs: 20       | 36:1  | optim.epochs: missing
            epochs: 20           | epochs: 0          | 39:3  | optim.epochs: 0 must be at least 1
            epochs: 20           | epochs: many       | 39:3  | optim.epochs:
            maskPatches: 20      | maskPatches: 60    | 27:3  | mask.maskPatches: 60 must be at most the 49 patches
            width: 64            | width: 66          | 12:3  | model.width
            patchSize: 4         | patchSize: 5       | 9:3   | model.imageSize = 28 must be a multiple of patchSize 5
            depth: 4             | depth: 0           | 13:3  | model.depth
            source: fashion_mnist_sample | source: fashoin | 3:3 | data.source:
            layerDecay: 1        | layerDecay: 1.5    | 50:3  | optim.layerDecay: 1.5 must be in (0, 1]
            epochs: 20           | epochs: 1.9        | 39:3  | optim.epochs: 1.9 must be a whole number
            epochs: 20           | epochs: "20"       | 39:3  | optim.epochs: 20 must be a whole number
            epochs: 20           | epochs: 99999999999 | 39:3 | optim.epochs: 99999999999 must be between
            seed: 1              | seed: 99999999999999999999 | 53:3 | run.seed: 99999999999999999999 must be between
            seed: 1              | seed: 1.7          | 53:3  | run.seed: 1.7 must be a whole number
            recompute: false     | recompute: 3       | 22:3  | model.recompute: 3 must be true or false
            imageSize: 28        | imageSize: null    | 9:3   | model.imageSize: null must be a whole number
            source: fashion_mnist_sample | source: 3  | 3:3   | data.source: 3 must be one of fashion_mnist_sample, fashion_mnist, drawings_sample
            path: null           | path: 7            | 4:3   | data.path: 7 must be text; put it in quotes
            lr: 2e-3             | lr: .inf           | 40:3  | optim.lr: Infinity must be a finite number
            lr: 2e-3             | lr: .nan           | 40:3  | optim.lr: NaN must be a finite number
            lr: 2e-3             | lr: -2e-3          | 40:3  | optim.lr: -0.002 must be above 0
            eps: 1e-8            | eps: 0             | 48:3  | optim.eps = 0.0 must be above 0
            batchSize: 64        | batchSize: 2000000000 | 37:3 | optim.batchSize: 2000000000 must be smaller
            updateFreq: 1        | updateFreq: 2000000000 | 38:3 | optim.updateFreq: 2000000000 must be smaller
            width: 64            | width: 2000000000  | 12:3  | model.width: 2000000000 must be smaller
            depth: 4             | depth: 2000000000  | 13:3  | model.depth: 2000000000 must be smaller
            imageSize: 28        | imageSize: 2000000000 | 9:3 | model.imageSize: 2000000000 must be smaller
            """)
    void mistakeIsNamedWithFileLineColumnAndField(String right, String wrong, String place, String message)
            throws IOException {
        String text = Recipes.text("fashion-pretrain").replace("  " + right + "\n", "  " + wrong + "\n");
        assertThat(text).contains(wrong);
        Path file = Files.writeString(folder.resolve("mine.yaml"), text);
        assertThatThrownBy(() -> Recipes.read(file.toString(), PretrainRecipe.class, List.of()))
                .isInstanceOf(RecipeException.class)
                .message()
                .startsWith(file + ":" + place + ": ")
                .contains(message)
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            optim.epochs=0      | --set optim.epochs=0: optim.epochs: 0 must be at least 1
            optim.lrr=1         | --set optim.lrr=1: optim.lrr: unknown field, did you mean lr?
            optimizer.lr=1      | --set optimizer.lr=1: the recipe has no group optimizer
            optim.lr            | --set optim.lr: must be field=value
            optim.lr=fast       | --set optim.lr=fast: optim.lr:
            optim.lr=           | --set optim.lr=: optim.lr: null must be a finite number
            optim.lr=.inf       | --set optim.lr=.inf: optim.lr: Infinity must be a finite number
            optim.batchSize=64.9 | --set optim.batchSize=64.9: optim.batchSize: 64.9 must be a whole number
            optim.epochs=1e99   | --set optim.epochs=1e99: optim.epochs: 1.0E99 must be a whole number
            target=null         | --set target=null: target: null must be one of masked_tokens, all_tokens, masked_pixels
            target=masked_token | --set target=masked_token: target: masked_token must be one of masked_tokens, all_tokens, masked_pixels, did you mean masked_tokens?
            """)
    void mistakeInAnOverrideIsNamed(String override, String message) {
        assertThatThrownBy(() -> Recipes.read("fashion-pretrain", PretrainRecipe.class, List.of(override)))
                .isInstanceOf(RecipeException.class)
                .message()
                .contains(message)
                .doesNotContain("\n");
    }

    @Test
    void overrideTakesThePlaceOfTheFile() throws IOException {
        PretrainRecipe recipe =
                Recipes.read("fashion-pretrain", PretrainRecipe.class, List.of("optim.lr=0.5", "tokenizer=other"));
        assertThat(recipe.optim().lr()).isEqualTo(0.5);
        assertThat(recipe.tokenizer()).isEqualTo("other");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'a: 1\na: 2\n'   | 2:
            'a: [1'          | :
            'just text'      | 1:1: a recipe is a list of fields
            ''               | 1:1: a recipe is a list of fields
            """)
    void brokenFileIsRefused(String text, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("broken.yaml"), text.replace("\\n", "\n"));
        assertThatThrownBy(() -> Recipes.read(file.toString(), PretrainRecipe.class, List.of()))
                .isInstanceOf(RecipeException.class)
                .message()
                .startsWith(file + ":")
                .contains(message)
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            blocks=3           | --set blocks=3: blocks: 3 must be a list
            classWeights=[1,x] | --set classWeights=[1,x]: classWeights.1: x must be a finite number
            channels=100000    | --set channels=100000: channels: 100000 must be smaller
            """)
    void mistakeInAListIsNamed(String override, String message) {
        assertThatThrownBy(() -> Recipes.read("scenes-segment", SegmentRecipe.class, List.of(override)))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "model.imageSize=65536",
        "model.tokens=2000000000",
        "model.codebookDim=2000000000",
        "model.hiddenDim=2000000000",
        "model.resBlocks=2000000000",
        "optim.batchSize=2000000000"
    })
    void tokenizerTooLargeToCountIsRefused(String override) {
        assertThatThrownBy(() -> Recipes.read("fashion-tokenizer", TokenizerRecipe.class, List.of(override)))
                .isInstanceOf(RecipeException.class)
                .message()
                .startsWith("--set %s: %s: ".formatted(override, override.split("=")[0]))
                .contains("must be smaller");
    }

    /** The YAML library takes .5 for text. */
    @Test
    void numbersAreThoseOfTheFile() throws IOException {
        OptimRecipe optim = Recipes.read(
                        "fashion-pretrain",
                        PretrainRecipe.class,
                        List.of("optim.lr=2e-3", "optim.beta1=.5", "optim.clipGrad=3"))
                .optim();
        assertThat(optim.lr()).isEqualTo(2e-3);
        assertThat(optim.beta1()).isEqualTo(0.5);
        assertThat(optim.clipGrad()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"ISO-8859-1,2:9", "UTF-16,1:1", "UTF-16LE,2:18"})
    void fileOfAnotherCharsetIsRefused(String charset, String place) throws IOException {
        Path file = Files.writeString(
                folder.resolve("mine.yaml"), "# mine\n# pictur\u00e9s\ndata: 1\n", Charset.forName(charset));
        assertThatThrownBy(() -> Recipes.read(file.toString(), PretrainRecipe.class, List.of()))
                .isInstanceOf(RecipeException.class)
                .hasMessage(file + ":" + place + ": is no UTF-8 text; save it as UTF-8");
    }

    @ParameterizedTest
    @FieldSource("SHIPPED")
    void kindIsToldByTheFields(String name) throws IOException {
        Class<?> type = read(name).getClass();
        assertThat(type.getSimpleName().toLowerCase(Locale.ROOT))
                .startsWith(Recipes.kind(name).name().toLowerCase(Locale.ROOT));
    }

    @Test
    void recipeOfAnotherKindNamesItsCommand() {
        assertThatThrownBy(() -> Recipes.read("fashion-pretrain", FinetuneRecipe.class, List.of()))
                .hasMessage(
                        "fashion-pretrain: is a recipe for pre-training; `beits pretrain fashion-pretrain` takes it");
        assertThatThrownBy(() -> Recipes.read("fashion-finetune", PretrainRecipe.class, List.of()))
                .hasMessageContaining("`beits finetune fashion-finetune` takes it");
    }

    @Test
    void misspeltFieldDoesNotMakeAnotherKind() throws IOException {
        String text = Recipes.text("fashion-pretrain").replace("mask:", "msak:");
        Path file = Files.writeString(folder.resolve("mine.yaml"), text);
        assertThatThrownBy(() -> Recipes.read(file.toString(), PretrainRecipe.class, List.of()))
                .hasMessageContaining("msak: unknown field, did you mean mask?");
    }

    @ParameterizedTest
    @CsvSource({
        "beit-base-cifar100,100",
        "beit-base-finetune-22k,21841",
        "beit-large-finetune-22k,21841",
        "beit-base-finetune,1000",
        "fashion-finetune,10",
        "drawings-finetune,10"
    })
    void classesOfTheDataAreKnown(String name, int classes) throws IOException {
        assertThat(Recipes.read(name, FinetuneRecipe.class, List.of()).data().knownClasses())
                .hasValue(classes);
    }

    @Test
    void differencesAreNamedByField() throws IOException {
        String one = Recipes.write(Recipes.read("fashion-pretrain", PretrainRecipe.class, List.of()));
        String other = Recipes.write(
                Recipes.read("fashion-pretrain", PretrainRecipe.class, List.of("optim.lr=0.5", "run.workers=3")));
        assertThat(Recipes.differences(one, other)).containsExactly("optim.lr", "run.workers");
    }
}
