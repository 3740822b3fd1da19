package beits;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of the whole project: experiments → beit → tornado-kernels, experiments → datasets; beit and datasets are strangers. */
@AnalyzeClasses(packages = "beits", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] KERNELS = {"beits.tensor..", "beits.kernel..", "beits.program..", "beits.device.."};
    private static final String[] BEIT = {
        "beits.autograd..",
        "beits.nn..",
        "beits.model..",
        "beits.tokenizer..",
        "beits.mim..",
        "beits.classification..",
        "beits.segmentation..",
        "beits.optim..",
        "beits.train..",
        "beits.checkpoint..",
        "beits.analysis.."
    };
    private static final String[] DATASETS = {"beits.image..", "beits.transform..", "beits.data.."};
    private static final String[] EXPERIMENTS = {
        "beits.cli..",
        "beits.recipe..",
        "beits.report..",
        "beits.job..",
        "beits.demo..",
        "beits.conformance..",
        "beits.benchmark..",
        "beits.reproduce.."
    };

    @ArchTest
    static final ArchRule KERNELS_STAND_ALONE = strangers(KERNELS, BEIT, DATASETS, EXPERIMENTS);

    @ArchTest
    static final ArchRule BEIT_KNOWS_NO_DATA = strangers(BEIT, DATASETS, EXPERIMENTS);

    @ArchTest
    static final ArchRule DATA_KNOWS_NO_MODELS = strangers(DATASETS, KERNELS, BEIT, EXPERIMENTS);

    @ArchTest
    static final ArchRule RECIPES_RUN_NOTHING = strangers(new String[] {"beits.recipe.."}, DATASETS, new String[] {
        "beits.cli..", "beits.job..", "beits.report..", "beits.demo..", "beits.device.."
    });

    @ArchTest
    static final ArchRule NOTHING_KNOWS_THE_COMMAND_LINE = noClasses()
            .that()
            .resideOutsideOfPackage("beits.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("beits.cli..");

    @ArchTest
    static final ArchRule NO_CYCLES = slices().matching("beits.(*)..").should().beFreeOfCycles();

    /** TornadoVM takes its settings from system properties only. */
    @ArchTest
    static final ArchRule ENVIRONMENT_ONLY_ON_THE_COMMAND_LINE = noClasses()
            .that()
            .resideOutsideOfPackages("beits.cli..", "beits.device.tornado")
            .should()
            .callMethod(System.class, "getProperty", String.class)
            .orShould()
            .callMethod(System.class, "getProperty", String.class, String.class)
            .orShould()
            .callMethod(System.class, "getProperties")
            .orShould()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class);

    @ArchTest
    static final ArchRule OUTPUT_ONLY_ON_THE_COMMAND_LINE = noClasses()
            .that()
            .resideOutsideOfPackage("beits.cli..")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");

    @ArchTest
    static final ArchRule ONE_EXIT = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("beits.cli.Main")
            .should()
            .callMethod(System.class, "exit", int.class);

    @ArchTest
    static final ArchRule NO_HIDDEN_RANDOMNESS = noClasses()
            .should()
            .dependOnClassesThat()
            .areAssignableTo(java.util.Random.class)
            .orShould()
            .callMethod(Math.class, "random");

    @ArchTest
    static final ArchRule NO_GLOBAL_STATE = fields().that().areStatic().should().beFinal();

    private static ArchRule strangers(String[] packages, String[]... others) {
        String[] all = java.util.Arrays.stream(others)
                .flatMap(java.util.Arrays::stream)
                .toArray(String[]::new);
        return noClasses()
                .that()
                .resideInAnyPackage(packages)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(all);
    }
}
