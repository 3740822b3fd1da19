package beits.device.tornado.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Kernel methods keep to what TornadoVM compiles rightly; what it gets wrong, it gets wrong without a word. */
class KernelSourcesTest {
    private static final Path SOURCES = Path.of("src/tornado/java/beits/device/tornado/kernel");

    /** As {@code SectionGraph} counts the definition of a graph. */
    private static final int ARGUMENTS = 14;

    /** Functions of OpenCL C that a Java method might be named like: the driver then finds no such kernel and the JVM crashes. */
    private static final Set<String> OPENCL_FUNCTIONS = Set.of(
            "abs",
            "ceil",
            "clamp",
            "cos",
            "cross",
            "distance",
            "dot",
            "erf",
            "exp",
            "fabs",
            "floor",
            "fma",
            "fmax",
            "fmin",
            "length",
            "log",
            "mad",
            "max",
            "min",
            "mix",
            "normalize",
            "pow",
            "rint",
            "round",
            "rsqrt",
            "select",
            "sign",
            "sin",
            "sqrt",
            "step",
            "tan",
            "tanh",
            "trunc");

    /** Source text without comments. */
    private static String code(Path file) throws IOException {
        return Files.readString(file).replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("//[^\n]*", "");
    }

    static Stream<Path> sources() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            return files
                    .filter(file -> file.toString().endsWith(".java") && !file.endsWith("package-info.java"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " | ", textBlock = """
            >>> | is compiled as the signed shift
            divideUnsigned | computes something else
            [^o]Math\\.(floor|ceil|round|fma|abs|multiplyHigh)\\( | is not compiled: use TornadoMath
            (floatToRawIntBits|floatToIntBits|intBitsToFloat) | is not compiled
            atomicAdd | has no floats in OpenCL
            Float\\.NaN | has no name in OpenCL
            static final (float|int)\\[\\] | tables are not compiled: pass an array
            new (float|int)\\[[^\\]]*\\.get | private arrays have a constant size
            new Float16\\(\\) | is not compiled: give its sixteen values
            @Parallel int \\w+ = (?!0;) | parallel loops begin at 0
            @Parallel int \\w+ = 0; \\w+ < \\w+\\.getSize | is a constant of the compiled code: read the bound from the sizes
            """)
    void noSourceHas(String pattern, String why) throws IOException {
        Pattern compiled = Pattern.compile(pattern);
        for (Path file : sources().toList()) {
            assertThat(compiled.matcher(code(file)).results().map(r -> file.getFileName() + ": " + r.group()))
                    .as(why)
                    .isEmpty();
        }
    }

    /** Of two parallel loops one after the other TornadoVM computes nonsense; nested ones are further and further to the right. */
    @ParameterizedTest
    @MethodSource("sources")
    void parallelLoopsAreNested(Path file) throws IOException {
        for (String method : code(file).split("\n    (?=(public |private )?static )")) {
            Matcher loops = Pattern.compile("\n( *)for \\(@Parallel").matcher(method);
            int depth = 0;
            while (loops.find()) {
                assertThat(loops.group(1).length()).as(method).isGreaterThan(depth);
                depth = loops.group(1).length();
            }
        }
    }

    /** A number passed to a kernel is a constant of its code, and graphs share code by name. */
    @ParameterizedTest
    @MethodSource("sources")
    void kernelsTakeArraysOnlyAndNotTooMany(Path file) throws ClassNotFoundException {
        String name = file.getFileName().toString().replace(".java", "");
        List<String> wrong = new ArrayList<>();
        Arrays.stream(Class.forName("beits.device.tornado.kernel." + name).getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && method.getReturnType() == void.class)
                .forEach(method -> {
                    boolean arrays = Arrays.stream(method.getParameterTypes())
                            .allMatch(
                                    Set.<Class<?>>of(FloatArray.class, IntArray.class, KernelContext.class)::contains);
                    if (!arrays
                            || method.getParameterCount() > ARGUMENTS
                            || OPENCL_FUNCTIONS.contains(method.getName())) {
                        wrong.add(method.toString());
                    }
                });
        assertThat(wrong).isEmpty();
    }

    @Test
    void thereAreKernels() throws IOException {
        assertThat(sources()).hasSizeGreaterThan(10);
    }
}
