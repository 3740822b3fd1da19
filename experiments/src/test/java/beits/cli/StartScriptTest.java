package beits.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script {@code beits} in a tree of its own, with a JDK that prints how it was started and a Maven that notes its builds. */
class StartScriptTest {
    private static final String JAVA = """
            #!/bin/sh
            echo "LC_ALL=${LC_ALL-}"
            printf '%s\\n' "$@"
            """;

    private static final String MAVEN = """
            #!/bin/sh
            tree=$(dirname "$0")/../tree
            mkdir -p "$tree/experiments/target/beits/lib"
            echo "$TORNADOVM_HOME" >>"$tree/builds"
            """;

    @TempDir
    private Path place;

    private Path tree;

    /** What a start printed, and how it ended. */
    private record Ended(int code, String out, String err) {}

    @BeforeEach
    void makeTree() throws IOException {
        place = place.toRealPath();
        tree = Files.createDirectory(place.resolve("tree"));
        Files.copy(Path.of("..", "beits"), tree.resolve("beits"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(tree.resolve("pom.xml"), "");
        Files.createDirectories(place.resolve("home"));
        writeProgram("bin/mvn", MAVEN);
        writeProgram("jdk/bin/java", JAVA);
        Files.writeString(place.resolve("jdk/release"), "JAVA_VERSION=\"25\"\n");
    }

    private void writeProgram(String name, String text) throws IOException {
        Path file = place.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Ended start(Path script, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(List.of(arguments));
        Path out = place.resolve("out");
        Path err = place.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(place.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH", place.resolve("bin") + ":/usr/bin:/bin",
                        "JAVA_HOME", place.resolve("jdk").toString(),
                        "HOME", place.resolve("home").toString()));
        builder.environment().putAll(environment);
        int code = builder.start().waitFor();
        return new Ended(
                code, Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
    }

    @Test
    void linksLeadToTheTree() throws IOException, InterruptedException {
        Path user = Files.createDirectories(place.resolve("user/bin"));
        Files.createSymbolicLink(user.resolve("absolute"), tree.resolve("beits"));
        Files.createSymbolicLink(user.resolve("relative"), Path.of("../../tree/beits"));
        Files.createSymbolicLink(user.resolve("of-link"), Path.of("relative"));
        Path deep = Files.createDirectories(place.resolve("a/b/c"));
        Files.createSymbolicLink(deep.resolve("beits"), Path.of("../../../tree/beits"));
        Files.createSymbolicLink(place.resolve("folder"), deep);
        for (Path link : List.of(
                user.resolve("absolute"), user.resolve("relative"), user.resolve("of-link"), Path.of("folder/beits"))) {
            assertThat(start(link, Map.of(), "--version").out()).contains("-Dbeits.home=" + tree + "\n");
        }
        assertThat(user.resolve("experiments")).doesNotExist();
        assertThat(tree.resolve("builds")).hasContent("none");
    }

    /** A whole SDK where SDKMAN would put it. */
    private Path installSdk(Path home) throws IOException {
        Path sdk = home.resolve(".sdkman/candidates/tornadovm/current");
        for (String folder : List.of("etc/exportLists", "share/java/tornado", "share/java/graalJars", "lib")) {
            Files.createDirectories(sdk.resolve(folder));
        }
        Files.writeString(sdk.resolve("etc/tornado.backend"), "tornado.backends=opencl-backend\n");
        Files.writeString(sdk.resolve("etc/exportLists/common-exports"), "");
        Files.writeString(sdk.resolve("etc/exportLists/opencl-exports"), "");
        Path script = Path.of("tornado-kernels", "src", "tornado", "sh", "argfile.sh");
        Files.createDirectories(tree.resolve(script).getParent());
        Files.copy(Path.of("..").resolve(script), tree.resolve(script));
        return sdk;
    }

    @Test
    void aBuildWithAnSdkServesWithoutOne() throws IOException, InterruptedException {
        Path sdk = installSdk(place.resolve("home"));
        Path beits = tree.resolve("beits");
        start(beits, Map.of(), "recipes");
        for (String home : List.of("", place.resolve("other").toString())) {
            assertThat(start(beits, Map.of("HOME", home), "recipes").code()).isZero();
            assertThat(start(beits, Map.of("HOME", home), "doctor").code()).isZero();
        }
        assertThat(start(beits, Map.of(), "demo", "--device", "tornado").out()).contains("/tornado-argfile");
        assertThat(tree.resolve("builds")).hasContent(sdk.toString());
    }

    @Test
    void aBuildWithoutAnSdkIsReplacedWhenTornadoIsAskedFor() throws IOException, InterruptedException {
        Path sdk = installSdk(place.resolve("home"));
        Path beits = tree.resolve("beits");
        start(beits, Map.of("HOME", ""), "recipes");
        start(beits, Map.of(), "recipes");
        assertThat(tree.resolve("builds")).hasContent("none");
        start(beits, Map.of(), "demo", "--device=tornado:opencl:0");
        start(beits, Map.of("HOME", ""), "recipes");
        assertThat(tree.resolve("builds")).hasContent("none\n" + sdk);
    }

    @Test
    void aBuildIsReplacedWhenSourcesAreNewer() throws IOException, InterruptedException {
        Path beits = tree.resolve("beits");
        start(beits, Map.of(), "recipes");
        Files.setLastModifiedTime(
                tree.resolve("pom.xml"), FileTime.from(Instant.now().plusSeconds(60)));
        start(beits, Map.of(), "recipes");
        assertThat(tree.resolve("builds")).hasContent("none\nnone");
    }

    @ParameterizedTest
    @CsvSource({
        "        ,            ,            , C.UTF-8",
        "C       ,            , de_DE.UTF-8, C.UTF-8",
        "        , POSIX      , de_DE.UTF-8, C.UTF-8",
        "        ,            , en_US      , C.UTF-8",
        "en_US.utf8, C        , C          , en_US.utf8",
        "        , C.UTF-8    , C          ,",
        "        ,            , de_DE.UTF-8,",
    })
    @DisabledOnOs(OS.MAC)
    void javaReadsFileNamesAsUtf8(
            @Nullable String all, @Nullable String characters, @Nullable String language, @Nullable String expected)
            throws IOException, InterruptedException {
        Map<String, String> locale = new HashMap<>();
        locale.put("LC_ALL", Objects.requireNonNullElse(all, ""));
        locale.put("LC_CTYPE", Objects.requireNonNullElse(characters, ""));
        locale.put("LANG", Objects.requireNonNullElse(language, ""));
        assertThat(start(tree.resolve("beits"), locale, "recipes").out())
                .startsWith("LC_ALL=" + Objects.requireNonNullElse(expected, "") + "\n");
    }

    /** Replaces Maven by one that prints this and fails. */
    private void breakMaven(String output) throws IOException {
        writeProgram("bin/mvn", "#!/bin/sh\ncat <<'END'\n" + output + "END\nexit 1\n");
    }

    @Test
    void aMavenThatDoesNotStartIsTold() throws IOException, InterruptedException {
        breakMaven("""
                WARNING: A restricted method in java.lang.System has been called
                java.io.FileNotFoundException: /opt/maven/conf/logging
                \tat org.codehaus.plexus.classworlds.launcher.ConfigurationParser.parse(ConfigurationParser.java:271)
                \tat org.codehaus.plexus.classworlds.launcher.Launcher.main(Launcher.java:348)
                Caused by: java.io.IOException: gone
                \t... 2 more
                """);
        Ended ended = start(tree.resolve("beits"), Map.of(), "recipes");
        assertThat(ended.code()).isEqualTo(2);
        Path log = tree.resolve("experiments/target/build.log");
        assertThat(ended.err().lines().skip(1))
                .containsExactly(
                        "java.io.FileNotFoundException: /opt/maven/conf/logging",
                        "Caused by: java.io.IOException: gone",
                        "beits: Maven itself failed, see whether `mvn -v` works; the whole log is in " + log);
        assertThat(log).content().contains("\tat org.codehaus");
        assertThat(tree.resolve("experiments/target/.building")).doesNotExist();
    }

    @Test
    void errorsOfABuildAreTold() throws IOException, InterruptedException {
        breakMaven("""
                \033[0m[ERROR] COMPILATION ERROR :\s
                [ERROR] Tensor.java:[3,4] ';' expected
                [ERROR] Failed to execute goal compile: Compilation failure
                [ERROR] Tensor.java:[3,4] ';' expected
                [ERROR] -> [Help 1]
                [ERROR]\s
                [ERROR] Re-run Maven using the -X switch to enable full debug logging.
                [ERROR] [Help 1] http://cwiki.apache.org/confluence/display/MAVEN/MojoFailureException
                """);
        Ended ended = start(tree.resolve("beits"), Map.of(), "recipes");
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err().lines().skip(1))
                .containsExactly(
                        "[ERROR] COMPILATION ERROR : ",
                        "[ERROR] Tensor.java:[3,4] ';' expected",
                        "[ERROR] Failed to execute goal compile: Compilation failure",
                        "beits: the build failed; the whole log is in " + tree.resolve("experiments/target/build.log"));
    }

    @Test
    void aBuildThatIsBrokenOffIsNoFailureOfMaven() throws IOException, InterruptedException {
        writeProgram("bin/mvn", "#!/bin/sh\nkill -TERM $PPID\nexit 143\n");
        Ended ended = start(tree.resolve("beits"), Map.of(), "recipes");
        assertThat(ended.code()).isEqualTo(143);
        assertThat(ended.err()).hasLineCount(1).doesNotContain("Maven");
        assertThat(tree.resolve("experiments/target/.building")).doesNotExist();
    }
}
