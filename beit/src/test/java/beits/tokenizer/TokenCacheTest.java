package beits.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import beits.tokenizer.TokenCache.Digest;
import beits.tokenizer.TokenCache.Key;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenCacheTest {
    private static final int TOKENS = 7;
    private static final int PICTURES = 23;

    @TempDir
    private Path folder;

    private static Key key(int vocabulary) {
        return new Key("ab".repeat(32), "28x28x1 CENTRED", "none", TOKENS, vocabulary);
    }

    private static Digest digest(int picture) {
        float[] pixels = {0.5f, picture, -1};
        return Digest.of(pixels, 0, 3);
    }

    private static int[] tokens(int picture, int vocabulary) {
        return new SplittableRandom(picture).ints(TOKENS, 0, vocabulary).toArray();
    }

    private Path fill(int vocabulary) throws IOException {
        try (TokenCache cache = TokenCache.open(folder, key(vocabulary))) {
            for (int i = 0; i < PICTURES; i++) {
                cache.put(digest(i), tokens(i, vocabulary), 0);
            }
            return cache.file();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 8192, 65536, 65537})
    void whatWasPutIsThereAfterOpeningAgain(int vocabulary) throws IOException {
        fill(vocabulary);
        try (TokenCache cache = TokenCache.open(folder, key(vocabulary))) {
            assertThat(cache.size()).isEqualTo(PICTURES);
            int[] found = new int[2 * TOKENS];
            for (int i = 0; i < PICTURES; i++) {
                assertThat(cache.get(digest(i), found, TOKENS)).isTrue();
                assertThat(found).endsWith(tokens(i, vocabulary));
            }
            assertThat(cache.get(digest(PICTURES), found, 0)).isFalse();
        }
    }

    @Test
    void otherTokenizersViewsAndAugmentationsHaveOtherFiles() throws IOException {
        fill(16);
        Key key = key(16);
        for (Key other : new Key[] {
            new Key("cd".repeat(32), key.view(), key.augmentation(), TOKENS, 16),
            new Key(key.tokenizerHash(), "56x56x1 CENTRED", key.augmentation(), TOKENS, 16),
            new Key(key.tokenizerHash(), key.view(), "flip", TOKENS, 16)
        }) {
            try (TokenCache cache = TokenCache.open(folder, other)) {
                assertThat(cache.size()).isZero();
            }
        }
    }

    /** Whatever was cut off or flipped: no wrong tokens, the rest is found, and the file can be filled up again. */
    @Test
    void tornAndDamagedFilesLoseRecordsButNeverLie() throws IOException {
        Path file = fill(300);
        byte[] whole = Files.readAllBytes(file);
        SplittableRandom random = new SplittableRandom(5);
        for (int round = 0; round < 300; round++) {
            byte[] damaged =
                    round % 3 == 0 ? java.util.Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            if (round % 3 != 0) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, damaged);
            for (int attempt = 0; attempt < 2; attempt++) {
                try (TokenCache cache = TokenCache.open(folder, key(300))) {
                    for (int i = 0; i < PICTURES; i++) {
                        int[] found = new int[TOKENS];
                        if (cache.get(digest(i), found, 0)) {
                            assertThat(found).isEqualTo(tokens(i, 300));
                        } else {
                            assertThat(attempt)
                                    .as("round %s, picture %s", round, i)
                                    .isZero();
                            cache.put(digest(i), tokens(i, 300), 0);
                        }
                    }
                }
            }
        }
    }

    @Test
    void nothingIsMadeBeforeThereIsSomethingToKeep() throws IOException {
        try (TokenCache cache = TokenCache.open(folder.resolve("cache"), key(16))) {
            assertThat(cache.get(digest(0), new int[TOKENS], 0)).isFalse();
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void twoWritersAreRefused() throws IOException {
        fill(16);
        try (TokenCache cache = TokenCache.open(folder, key(16))) {
            assertThatThrownBy(() -> TokenCache.open(folder, key(16)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(cache.file().toString())
                    .hasMessageContaining("another run");
        }
    }
}
