package beits.image;

import static beits.Golden.assertSame;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is expected was written by {@code cv2.resize} of OpenCV 4.6. */
class OpenCvResizeTest {
    private static Image read(String name) {
        return new ImageReader(DecodeOptions.DEFAULT).decode(Golden.bytes("/opencv/" + name), name);
    }

    @ParameterizedTest
    @CsvSource({"20,29", "21,29", "82,116", "63,97", "7,150", "3,5", "41,30", "1,1"})
    void equalsOpenCv(int height, int width) {
        Image source = read("source.png");
        String size = "_" + height + "x" + width + ".png";
        assertSame("linear" + size, OpenCvResize.linear(source, height, width), read("linear" + size));
        assertSame("nearest" + size, OpenCvResize.nearest(source, height, width), read("nearest" + size));
    }

    @Test
    void nothingIsNoSize() {
        assertThatThrownBy(() -> OpenCvResize.linear(read("source.png"), 0, 4)).hasMessageContaining("0 x 4");
    }
}
