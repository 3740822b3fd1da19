package beits.device.tornado.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class VectorProductsGeneratorTest {
    private static final Path SOURCES = Path.of("src/tornado/java/beits/device/tornado/kernel");

    @Test
    void theSourcesAreWhatTheGeneratorWrites() throws IOException {
        assertThat(Files.readString(SOURCES.resolve("VectorProducts.java")))
                .isEqualTo(VectorProductsGenerator.products());
        assertThat(Files.readString(SOURCES.resolve("Vectors.java"))).isEqualTo(VectorProductsGenerator.vectors());
    }
}
