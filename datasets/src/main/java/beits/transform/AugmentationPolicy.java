package beits.transform;

import beits.image.Resampling;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Augmentation policies by the names that timm's {@code --aa} gives them: {@code rand-m9-mstd0.5-inc1} (n2 operations of magnitude
 * m10 and deviation mstd0 unless stated; inc1 for increasing severities), {@code original-mstd0.5} for AutoAugment, and
 * {@code 3a-j0.3} for three-augment with that strength of colour jitter.
 */
public final class AugmentationPolicy {
    private static final Pattern SETTING = Pattern.compile("([a-z]+)([0-9.]+)");
    private static final double THREE_AUGMENT_JITTER = 0.3;

    private AugmentationPolicy() {}

    /**
     * The policy of a name.
     *
     * @param fill red, green, blue outside the picture for the geometric operations
     * @throws IllegalArgumentException for anything else
     */
    public static PictureTransform parse(String name, List<Integer> fill) {
        String[] parts = name.split("-", -1);
        List<String> known = switch (parts[0]) {
            case "rand" -> List.of("m", "n", "mstd", "inc");
            case "original" -> List.of("mstd");
            case "3a" -> List.of("j");
            default -> throw unknown(name);
        };
        double magnitude = 10;
        int count = 2;
        double deviation = 0;
        double jitter = THREE_AUGMENT_JITTER;
        List<RandAugment.Op> operations = RandAugment.PLAIN;
        for (String part : Arrays.asList(parts).subList(1, parts.length)) {
            Matcher setting = SETTING.matcher(part);
            if (!setting.matches() || !known.contains(setting.group(1))) {
                throw unknown(name);
            }
            double value = number(setting.group(2), name);
            switch (setting.group(1)) {
                case "m" -> magnitude = value;
                case "n" -> count = (int) value;
                case "mstd" -> deviation = value;
                case "j" -> jitter = value;
                default -> operations = value == 0 ? RandAugment.PLAIN : RandAugment.INCREASING;
            }
        }
        return switch (parts[0]) {
            case "rand" -> new RandAugment(operations, count, magnitude, deviation, fill, Resampling.BICUBIC);
            case "original" -> new AutoAugment(deviation, fill, Resampling.BICUBIC);
            default -> new ThreeAugment(jitter);
        };
    }

    private static double number(String text, String name) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw unknown(name);
        }
    }

    private static IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException(
                "policy %s is unknown; known are rand-m9-mstd0.5-inc1, original and 3a-j0.3 with other numbers"
                        .formatted(name));
    }
}
