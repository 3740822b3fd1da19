package beits.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.data.source.FashionMnist;
import beits.image.Image;
import beits.image.PictureException;
import beits.transform.BlockwiseMask;
import beits.transform.ColorJitter;
import beits.transform.EvalTransform;
import beits.transform.Normalisation;
import beits.transform.PretrainAugmentation;
import beits.transform.TokenMapping;
import beits.transform.TwoViewCrop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Order, resumption, sharding and faults of the loader. */
class LoaderTest {
    private static final Pipeline PRETRAIN = new PretrainPipeline(
            new PretrainAugmentation(ColorJitter.PRETRAIN, true, new TwoViewCrop(20, 12)),
            Normalisation.uniform(1, 0.5f, 0.5f),
            new TokenMapping.Normalised(Normalisation.uniform(1, 0f, 1f)),
            new BlockwiseMask(5, 5, 10, 3));

    private static final Pipeline PLAIN =
            new PicturePipeline(List.of(new EvalTransform(28)), 28, Normalisation.uniform(1, 0f, 1f));

    /** 53 samples: a prime, so nothing divides it. */
    private static Dataset data() {
        return Subset.first(FashionMnist.bundled(FashionMnist.Part.TEST), 53);
    }

    private static LoaderOptions options(int workers) {
        return LoaderOptions.training(8, 5, workers);
    }

    private static List<Batch> take(Dataset data, LoaderOptions options, Position start, int count) {
        List<Batch> out = new ArrayList<>();
        try (Loader loader = new Loader(data, PRETRAIN, options, start, Integer.MAX_VALUE)) {
            for (int i = 0; i < count; i++) {
                out.add(loader.next());
            }
        }
        return out;
    }

    private static void assertEqual(List<Batch> actual, List<Batch> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            Batch a = actual.get(i);
            Batch e = expected.get(i);
            assertThat(a.position()).isEqualTo(e.position());
            assertThat(a.indices()).isEqualTo(e.indices());
            assertThat(a.labels()).isEqualTo(e.labels());
            assertThat(a.masks()).isEqualTo(e.masks());
            assertThat(a.images()).isEqualTo(e.images());
            assertThat(a.tokenViews()).isEqualTo(e.tokenViews());
        }
    }

    @Test
    void repeatedAugmentationShowsEverySampleSeveralTimesEachTimeDifferently() {
        LoaderOptions options = LoaderOptions.training(6, 5, 2).withRepeats(3);
        List<Batch> batches = take(data(), options, Position.START, 8);
        List<Integer> shown = new ArrayList<>();
        for (Batch batch : batches) {
            for (int row = 0; row < 6; row += 3) {
                assertThat(batch.indices()[row + 1]).isEqualTo(batch.indices()[row]);
                assertThat(batch.indices()[row + 2]).isEqualTo(batch.indices()[row]);
                assertThat(image(batch, row)).isNotEqualTo(image(batch, row + 1));
                shown.add(batch.indices()[row]);
            }
        }
        assertThat(shown).doesNotHaveDuplicates().hasSize(16);
        assertEqual(take(data(), options, new Position(0, 5), 3), batches.subList(5, 8));
    }

    private static float[] image(Batch batch, int row) {
        int length = batch.layout().imageLength();
        return Arrays.copyOfRange(batch.images(), row * length, (row + 1) * length);
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "5"})
    void batchesDoNotDependOnTheNumberOfWorkers(int workers) {
        assertEqual(take(data(), options(workers), Position.START, 14), take(data(), options(0), Position.START, 14));
    }

    @ParameterizedTest
    @CsvSource({"0", "2"})
    void aRecycledBatchIsLikeANewOne(int workers) {
        List<Batch> fresh = take(data(), options(0), Position.START, 14);
        int reused = 0;
        try (Loader loader = new Loader(data(), PRETRAIN, options(workers), Position.START, Integer.MAX_VALUE)) {
            List<float[]> seen = new ArrayList<>();
            for (Batch expected : fresh) {
                Batch batch = loader.next();
                assertEqual(List.of(batch), List.of(expected));
                reused += seen.stream().anyMatch(images -> images == batch.images()) ? 1 : 0;
                seen.add(batch.images());
                Arrays.fill(batch.images(), Float.NaN);
                Arrays.fill(batch.labels(), 7);
                Arrays.fill(batch.masks(), true);
                loader.recycle(batch);
            }
        }
        assertThat(reused).isGreaterThanOrEqualTo(10);
    }

    @Test
    void aBatchIsNotRecycledTwice() {
        try (Loader loader = new Loader(data(), PRETRAIN, options(0), Position.START, 2)) {
            Batch batch = loader.next();
            loader.recycle(batch);
            assertThatThrownBy(() -> loader.recycle(batch)).hasMessage("the batch was given back before");
        }
    }

    @Test
    void aBatchOfAnotherLoaderIsNotRecycled() {
        Batch other =
                take(data(), LoaderOptions.training(4, 5, 0), Position.START, 1).getFirst();
        try (Loader loader = new Loader(data(), PRETRAIN, options(0), Position.START, 2)) {
            assertThatThrownBy(() -> loader.recycle(other)).hasMessage("a batch of another loader");
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "0, 5", "1, 0", "1, 3"})
    void resumesInTheMiddleOfAnEpoch(int epoch, int step) {
        List<Batch> whole = take(data(), options(2), Position.START, 14);
        int done = epoch * 6 + step;
        assertEqual(take(data(), options(3), new Position(epoch, step), 14 - done), whole.subList(done, 14));
    }

    @Test
    void positionIsThatOfTheNextBatch() {
        try (Loader loader = new Loader(data(), PRETRAIN, options(2), Position.START, 2)) {
            assertThat(loader.stepsPerEpoch()).isEqualTo(6);
            for (int i = 0; i < 6; i++) {
                assertThat(loader.position()).isEqualTo(new Position(0, i));
                loader.next();
            }
            assertThat(loader.position()).isEqualTo(new Position(1, 0));
        }
    }

    @Test
    void anEpochSeesEverySampleOnceAndAnotherEpochInAnotherOrder() {
        LoaderOptions all = new LoaderOptions(8, 5, true, false, 2, 2, 0, 1, LoaderOptions.Broken.STOP, 1);
        try (Loader loader = new Loader(data(), PRETRAIN, all, Position.START, 2)) {
            List<List<Integer>> epochs = List.of(new ArrayList<>(), new ArrayList<>());
            while (loader.hasNext()) {
                Batch batch = loader.next();
                for (int row = 0; row < batch.count(); row++) {
                    epochs.get(batch.position().epoch()).add(batch.indices()[row]);
                }
            }
            assertThat(new TreeSet<>(epochs.get(0))).hasSize(53);
            assertThat(epochs.get(0)).hasSize(53);
            assertThat(epochs.get(1)).hasSize(53).isNotEqualTo(epochs.get(0));
        }
    }

    @Test
    void ranksShareAnEpoch() {
        TreeSet<Integer> seen = new TreeSet<>();
        int count = 0;
        for (int rank = 0; rank < 3; rank++) {
            LoaderOptions own = LoaderOptions.evaluation(8, 1).withRank(rank, 3);
            try (Loader loader = Loader.once(data(), PLAIN, own)) {
                while (loader.hasNext()) {
                    Batch batch = loader.next();
                    count += batch.count();
                    for (int row = 0; row < batch.count(); row++) {
                        seen.add(batch.indices()[row]);
                    }
                }
            }
        }
        assertThat(count).isEqualTo(53);
        assertThat(seen).hasSize(53);
    }

    @Test
    void theLastBatchIsPadded() {
        try (Loader loader = Loader.once(data(), PLAIN, LoaderOptions.evaluation(50, 2))) {
            loader.next();
            Batch last = loader.next();
            assertThat(last.count()).isEqualTo(3);
            assertThat(last.labels()).hasSize(50).endsWith(-1);
            float[] rest = Arrays.copyOfRange(last.images(), 3 * 784, last.images().length);
            assertThat(rest).containsOnly(0f);
            assertThat(loader.hasNext()).isFalse();
        }
    }

    /** Labels count up; samples 3 and 4 are broken. */
    private record Faulty(int size) implements Dataset {
        @Override
        public Sample get(int index) {
            if (index == 3 || index == 4) {
                throw new PictureException(name(index), "truncated");
            }
            return new Sample.Labelled(name(index), Image.blank(28, 28, 1), index);
        }

        @Override
        public String name(int index) {
            return "picture" + index;
        }

        @Override
        public OptionalInt label(int index) {
            return OptionalInt.of(index);
        }

        @Override
        public List<String> classNames() {
            return List.of();
        }
    }

    @Test
    void aBrokenPictureStopsTheRunByName() {
        try (Loader loader = Loader.once(new Faulty(12), PLAIN, LoaderOptions.evaluation(6, 2))) {
            assertThatThrownBy(loader::next)
                    .isInstanceOf(PictureException.class)
                    .hasMessage("picture3: truncated");
        }
    }

    @Test
    void aBrokenPictureIsSkippedAndCounted() {
        LoaderOptions skip = LoaderOptions.evaluation(6, 2).withBroken(LoaderOptions.Broken.SKIP);
        try (Loader loader = Loader.once(new Faulty(12), PLAIN, skip)) {
            Batch batch = loader.next();
            assertThat(batch.count()).isEqualTo(4);
            assertThat(batch.labels()).containsExactly(0, 1, 2, 5, -1, -1);
            assertThat(loader.brokenCount()).isEqualTo(2);
            assertThat(loader.broken()).containsExactly("picture3: truncated", "picture4: truncated");
        }
    }

    @Test
    void aBrokenPictureIsReplacedByTheNextReadableOne() {
        LoaderOptions replace = LoaderOptions.evaluation(6, 2).withBroken(LoaderOptions.Broken.REPLACE);
        try (Loader loader = Loader.once(new Faulty(12), PLAIN, replace)) {
            assertThat(loader.next().labels()).containsExactly(0, 1, 2, 5, 5, 5);
            assertThat(loader.brokenCount()).isEqualTo(2);
        }
    }

    /** Memory is bounded by what is made ahead: no sample beyond that is read before a batch is taken. */
    @Test
    void noMoreThanThePrefetchedBatchesAreRead() {
        AtomicInteger read = new AtomicInteger();
        Dataset counting = new Dataset() {
            @Override
            public int size() {
                return 1000;
            }

            @Override
            public Sample get(int index) {
                read.incrementAndGet();
                return new Sample.Labelled(name(index), Image.blank(28, 28, 1), 0);
            }

            @Override
            public String name(int index) {
                return "picture" + index;
            }

            @Override
            public OptionalInt label(int index) {
                return OptionalInt.of(0);
            }

            @Override
            public List<String> classNames() {
                return List.of("one");
            }
        };
        LoaderOptions ahead = new LoaderOptions(8, 5, true, true, 4, 3, 0, 1, LoaderOptions.Broken.STOP, 1);
        try (Loader loader = new Loader(counting, PLAIN, ahead, Position.START, 1)) {
            for (int taken = 1; taken <= 20; taken++) {
                loader.next();
                assertThat(read.get()).isBetween(8 * taken, 8 * (taken + 3));
            }
        }
    }

    @Test
    void fewerSamplesThanABatchAreRefused() {
        assertThatThrownBy(() -> new Loader(new Faulty(5), PLAIN, options(0), Position.START, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lower batchSize");
    }
}
