package beits.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.device.Device;
import beits.device.DeviceDescription;
import beits.device.DeviceProvider;
import beits.device.Devices;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConformanceTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    static Stream<String> devices() {
        return Devices.families().stream()
                .map(DeviceProvider::list)
                .flatMap(List::stream)
                .map(DeviceDescription::name);
    }

    @ParameterizedTest
    @MethodSource("devices")
    void everyCaseAgreesWithTheOfficialCode(String name) throws IOException {
        try (Device device = Devices.open(name)) {
            List<CaseResult> results = Conformance.run(GOLDEN, device, _ -> {});
            assertThat(results).hasSizeGreaterThanOrEqualTo(9);
            assertThat(results.stream().filter(r -> !r.passed()).map(CaseResult::line))
                    .isEmpty();
            assertThat(results).allSatisfy(r -> assertThat(r.compared()).isPositive());
        }
    }

    @Test
    void oneWrongExpectedValueFailsTheCaseAndIsNamed(@TempDir Path folder) throws IOException {
        Path copy = copy("mim/d_no_qkv_bias_no_layerscale", folder);
        Path file = copy.resolve("expected.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int last = bytes.length - Float.BYTES;
        data.putFloat(last, data.getFloat(last) + 0.01f);
        Files.write(file, bytes);

        CaseResult result = only(copy);

        assertThat(result.passed()).isFalse();
        assertThat(result.line()).contains("FAILED").contains(" instead of ").contains(result.worst());
        assertThat(Conformance.summary(List.of(result))).isEqualTo("0 passed, 1 failed");
    }

    @Test
    void oneWrongScalarFailsTheCase(@TempDir Path folder) throws IOException {
        Path copy = copy("mim/e_drop_path", folder);
        Path file = copy.resolve("case.json");
        Files.writeString(file, Files.readString(file).replace("\"loss\": 8.377465", "\"loss\": 8.377565"));

        assertThat(only(copy)).matches(r -> !r.passed() && r.worst().equals("loss"));
    }

    @Test
    void anExpectedTensorThatNothingComputesFailsTheCase(@TempDir Path folder) throws IOException {
        Path copy = copy("mim/e_drop_path", folder);
        Path file = copy.resolve("expected.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        byte[] name = "patch_embed".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        int at = java.nio.charset.StandardCharsets.ISO_8859_1
                .decode(ByteBuffer.wrap(bytes))
                .toString()
                .indexOf("\"patch_embed\"");
        bytes[at + name.length] = 'x';
        Files.write(file, bytes);

        assertThat(only(copy).passed()).isFalse();
    }

    @Test
    void aCaseThatCannotBeRunFailsWithTheReason(@TempDir Path folder) throws IOException {
        Path copy = copy("mim/e_drop_path", folder);
        Path file = copy.resolve("case.json");
        String text = Files.readString(file);
        Files.writeString(file, text.replace("\"embed_dim\": 24", "\"embed_dim\": 25"));
        assertThat(only(copy).line()).contains("FAILED: width = 25 must be a multiple of heads 4");
        Files.writeString(file, text.replace("\"embed_dim\"", "\"other\""));
        assertThat(only(copy).line()).contains("FAILED: case.json: config.embed_dim is missing");
        Files.writeString(file, text.replace("mim/", "sound/"));
        assertThat(only(copy).line()).contains("FAILED: cases of kind sound are unknown");
        Files.writeString(file, "{");
        assertThat(only(copy).line()).contains("FAILED").contains("case.json");
        Files.delete(file);
        assertThat(only(copy).line()).contains("FAILED").contains("case.json");
    }

    @Test
    void aFolderWithoutCasesIsAnError(@TempDir Path folder) {
        try (Device device = Devices.open("reference")) {
            assertThatThrownBy(() -> Conformance.run(folder, device, _ -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("holds no golden case");
            assertThatThrownBy(() -> Conformance.run(folder.resolve("absent"), device, _ -> {}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no such folder");
        }
    }

    private static CaseResult only(Path folder) throws IOException {
        try (Device device = Devices.open("reference")) {
            List<CaseResult> results = Conformance.run(folder, device, _ -> {});
            assertThat(results).hasSize(1);
            return results.getFirst();
        }
    }

    private static Path copy(String name, Path folder) throws IOException {
        Path target = Files.createDirectories(folder.resolve(name));
        try (Stream<Path> files = Files.list(GOLDEN.resolve(name))) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
        return target;
    }
}
