package beits;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** tensor ← kernel ← program ← device ← each device; the devices do not know each other. */
@AnalyzeClasses(packages = "beits", importOptions = ImportOption.DoNotIncludeTests.class)
class PackageArrowsTest {
    private static final String[] OURS = {"beits.."};

    @ArchTest
    static final ArchRule TENSOR = mayUse("beits.tensor", "beits.tensor");

    @ArchTest
    static final ArchRule KERNEL = mayUse("beits.kernel", "beits.tensor", "beits.kernel");

    @ArchTest
    static final ArchRule PROGRAM = mayUse("beits.program", "beits.tensor", "beits.kernel", "beits.program");

    @ArchTest
    static final ArchRule DEVICE =
            mayUse("beits.device", "beits.tensor", "beits.kernel", "beits.program", "beits.device");

    @ArchTest
    static final ArchRule REFERENCE = device("reference");

    @ArchTest
    static final ArchRule CPU = device("cpu");

    @ArchTest
    static final ArchRule TORNADO = device("tornado");

    @ArchTest
    static final ArchRule ONLY_TORNADO_IMPORTS_TORNADOVM = noClasses()
            .that()
            .resideOutsideOfPackage("beits.device.tornado..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("uk.ac.manchester..");

    /** TornadoVM takes its settings from system properties and from nowhere else, so one class has to set them. */
    @ArchTest
    static final ArchRule NOTHING_FROM_THE_ENVIRONMENT = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("beits.device.tornado.TornadoSettings")
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
    static final ArchRule NO_HIDDEN_RANDOMNESS = noClasses()
            .should()
            .dependOnClassesThat()
            .areAssignableTo(java.util.Random.class)
            .orShould()
            .callMethod(Math.class, "random");

    @ArchTest
    static final ArchRule NO_OUTPUT = noClasses()
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(System.class, "exit", int.class);

    @ArchTest
    static final ArchRule NO_GLOBAL_STATE = fields().that().areStatic().should().beFinal();

    private static ArchRule device(String name) {
        String own = "beits.device." + name + "..";
        return mayUse(own, "beits.tensor", "beits.kernel", "beits.program", "beits.device", own);
    }

    /** The classes of a package use of our own packages only these. */
    private static ArchRule mayUse(String packageName, String... used) {
        return noClasses()
                .that()
                .resideInAPackage(packageName)
                .should()
                .dependOnClassesThat(resideInAnyPackage(OURS).and(not(resideInAnyPackage(used))))
                .allowEmptyShould(true);
    }
}
