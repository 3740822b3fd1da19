package beits.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import beits.device.Device;
import beits.device.Devices;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbesTest {
    private static final int CLASSES = 3;
    private static final LinearProbes.Settings SETTINGS = new LinearProbes.Settings(150, 16, 0.05, 1e-4, 7);

    /** Points around a centre a class, far apart compared with {@code noise}, one dimension constant and scales very different. */
    private static LabelledFeatures clusters(int pictures, int width, double noise, long seed) {
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
        float[] values = new float[pictures * width];
        int[] labels = new int[pictures];
        for (int i = 0; i < pictures; i++) {
            labels[i] = random.nextInt(CLASSES);
            for (int d = 0; d < width; d++) {
                double centre = d % CLASSES == labels[i] ? 1 : 0;
                double value = centre + noise * (random.nextDouble() * 2 - 1);
                values[i * width + d] = (float) (d == 4 ? 3 : value * Math.pow(10, d - 3) + 5);
            }
        }
        return new LabelledFeatures(values, width, labels);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void linearProbesSeparateWhatIsSeparable(String name) {
        try (Device device = Devices.open(name)) {
            LabelledFeatures train = clusters(53, 7, 0.3, 1);
            LabelledFeatures test = clusters(37, 7, 0.3, 2);
            LabelledFeatures blind = new LabelledFeatures(new float[53 * 2], 2, train.labels());
            LabelledFeatures blindTest = new LabelledFeatures(new float[37 * 2], 2, test.labels());
            double[] both =
                    LinearProbes.top1(device, List.of(blind, train), List.of(blindTest, test), CLASSES, SETTINGS);
            assertThat(both[1]).isEqualTo(1);
            int largest = IntStream.range(0, CLASSES)
                    .map(c -> (int)
                            Arrays.stream(train.labels()).filter(l -> l == c).count())
                    .max()
                    .orElseThrow();
            int guess = IntStream.range(0, CLASSES)
                    .filter(c ->
                            Arrays.stream(train.labels()).filter(l -> l == c).count() == largest)
                    .findFirst()
                    .orElseThrow();
            assertThat(both[0])
                    .as("constant features leave the most frequent class")
                    .isCloseTo(
                            Arrays.stream(test.labels()).filter(l -> l == guess).count() / 37.0, within(1e-12));
        }
    }

    /** A head among others ends where it ends alone. */
    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void headsDoNotInfluenceEachOther(String name) {
        try (Device device = Devices.open(name)) {
            LabelledFeatures hard = clusters(40, 5, 3, 3);
            LabelledFeatures hardTest = clusters(101, 5, 3, 4);
            LabelledFeatures other = new LabelledFeatures(clusters(40, 6, 1, 5).values(), 6, hard.labels());
            LabelledFeatures otherTest =
                    new LabelledFeatures(clusters(101, 6, 1, 6).values(), 6, hardTest.labels());
            double[] alone = LinearProbes.top1(device, List.of(hard), List.of(hardTest), CLASSES, SETTINGS);
            double[] both =
                    LinearProbes.top1(device, List.of(other, hard), List.of(otherTest, hardTest), CLASSES, SETTINGS);
            assertThat(alone[0]).isStrictlyBetween(0.2, 0.95);
            assertThat(both[1]).isEqualTo(alone[0]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 23, 100})
    void neighboursAgreeWithSortingAll(int k) {
        LabelledFeatures train = clusters(23, 7, 2, 8);
        LabelledFeatures test = clusters(131, 7, 2, 9);
        int right = 0;
        for (int i = 0; i < test.pictures(); i++) {
            int query = i;
            double[] votes = new double[CLASSES];
            IntStream.range(0, train.pictures())
                    .boxed()
                    .sorted(Comparator.comparingDouble(j -> -cosine(test, query, train, j)))
                    .limit(k)
                    .forEach(j -> votes[train.labels()[j]] += Math.exp(cosine(test, query, train, j) / 0.07));
            int best = IntStream.range(0, CLASSES)
                    .boxed()
                    .max(Comparator.comparingDouble(c -> votes[c]))
                    .orElseThrow();
            right += best == test.labels()[i] ? 1 : 0;
        }
        try (Device device = Devices.open("reference")) {
            assertThat(NearestNeighbours.top1(device, train, test, CLASSES, k)).isCloseTo(right / 131.0, within(1e-12));
        }
        try (Device device = Devices.open("cpu")) {
            assertThatThrownBy(() -> NearestNeighbours.top1(device, train, test, CLASSES, 0))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static double cosine(LabelledFeatures a, int i, LabelledFeatures b, int j) {
        double product = 0;
        double left = 0;
        double right = 0;
        for (int d = 0; d < a.width(); d++) {
            double x = a.values()[i * a.width() + d];
            double y = b.values()[j * b.width() + d];
            product += x * y;
            left += x * x;
            right += y * y;
        }
        return product / Math.sqrt(left * right);
    }
}
