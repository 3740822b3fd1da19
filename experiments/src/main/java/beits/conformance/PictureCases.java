package beits.conformance;

import beits.device.Device;
import beits.image.Box;
import beits.image.ColorOps;
import beits.image.DecodeOptions;
import beits.image.Image;
import beits.image.ImageReader;
import beits.image.Resampling;
import beits.image.Resize;
import beits.transform.BatchMix;
import beits.transform.ColorJitter;
import beits.transform.EvalTransform;
import beits.transform.Normalisation;
import beits.transform.PretrainAugmentation;
import beits.transform.RandAugment;
import beits.transform.TokenMapping;
import beits.transform.TwoViewCrop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Pictures: decoding, resizing, colours, whole transforms with given draws. Nothing here runs on a device. */
final class PictureCases implements CaseRunner {
    /** Float results come from float32 arithmetic in the same order. */
    private static final double FLOAT_TOLERANCE = 1e-6;

    /** Inputs of this size and below are not resized. */
    private static final int UNTOUCHED = 32;

    /** The two-picture setting of which the source is flipped, where sizes do not tell. */
    private static final int FLIPPED_SOURCE = 1;

    /** Grey levels that a JPEG decoder may differ by on average. */
    private static final double JPEG_TOLERANCE = 1;

    @Override
    public void run(GoldenCase golden, Device device, Judge judge) throws IOException {
        String kind = golden.config().text("kind");
        Sources sources = new Sources(golden.folder());
        switch (kind) {
            case "decode" -> decode(golden, judge, sources);
            case "resize" -> resize(golden, judge, sources);
            case "jitter" -> colours(golden, judge, sources);
            case "eval" -> evaluation(golden, judge, sources);
            case "twopic" -> twoViews(golden, judge, sources);
            case "pipeline" -> pretraining(golden, judge, sources);
            case "randaug" -> randAugment(golden, judge, sources);
            case "mixup" -> mixtures(golden, judge);
            case "cropstats" -> PictureStatistics.crops(golden, judge);
            case "erase" -> PictureStatistics.erasing(golden, judge);
            default -> throw new IllegalArgumentException("preprocess of kind " + kind + " is unknown");
        }
    }

    /** The picture files of a set of cases: beside the case, else in it. */
    private record Sources(Path folder) {
        private static final ImageReader READER = new ImageReader(DecodeOptions.DEFAULT);

        /** The decoded file of this name, with or without its extension, as red, green, blue. */
        Image read(String name) throws IOException {
            for (Path images : List.of(folder.resolveSibling("images"), folder.resolve("images"))) {
                if (Files.isDirectory(images)) {
                    try (Stream<Path> files = Files.list(images)) {
                        Path found = files.filter(file -> {
                                    String own = file.getFileName().toString();
                                    return own.equals(name) || own.startsWith(name + ".");
                                })
                                .sorted()
                                .findFirst()
                                .orElse(null);
                        if (found != null) {
                            return READER.read(found).rgb();
                        }
                    }
                }
            }
            throw new NoSuchFileException("picture " + name + " is not in " + folder.resolveSibling("images"));
        }
    }

    private static void same(Judge judge, String name, Image image) {
        double[] values = new double[image.pixels().length];
        Arrays.setAll(values, i -> image.pixels()[i] & 0xFF);
        judge.exact(name, values);
    }

    private static void close(Judge judge, String name, float[] values) {
        double[] wide = new double[values.length];
        Arrays.setAll(wide, i -> values[i]);
        judge.absolute(name, wide, FLOAT_TOLERANCE);
    }

    private static void decode(GoldenCase golden, Judge judge, Sources sources) throws IOException {
        for (String name : golden.expected().keySet()) {
            Image image = sources.read(name);
            Fields facts = golden.scalars().object(name);
            judge.equal(name + " width", image.width(), facts.integer("width"));
            judge.equal(name + " height", image.height(), facts.integer("height"));
            if (facts.text("format").equals("JPEG")) {
                double[] official = judge.examine(name).values();
                double difference = 0;
                for (int i = 0; i < official.length; i++) {
                    difference += Math.abs((image.pixels()[i] & 0xFF) - official[i]) / official.length;
                }
                judge.within(name + " mean difference", difference, JPEG_TOLERANCE);
            } else {
                same(judge, name, image);
            }
        }
    }

    private static void resize(GoldenCase golden, Judge judge, Sources sources) throws IOException {
        List<String> names = golden.config().texts("sources");
        Image grey = sources.read(names.getFirst()).grey();
        for (String key : golden.expected().keySet()) {
            String[] parts = key.split("/", -1);
            if (parts.length == 1) {
                same(judge, key, grey);
            } else {
                Image source = parts[0].equals("gray") ? grey : sources.read(parts[0]);
                String[] size = parts[2].split("x", -1);
                same(
                        judge,
                        key,
                        Resize.resize(source, Integer.parseInt(size[1]), Integer.parseInt(size[0]), filter(parts[1])));
            }
        }
    }

    private static Resampling filter(String name) {
        return Resampling.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static void colours(GoldenCase golden, Judge judge, Sources sources) throws IOException {
        Image source = sources.read(golden.config().text("source"));
        for (String key : golden.expected().keySet()) {
            String operation = key.substring(0, key.indexOf('/'));
            double argument = Double.parseDouble(key.substring(key.indexOf('/') + 1));
            same(
                    judge,
                    key,
                    switch (operation) {
                        case "brightness" -> ColorOps.brightness(source, argument);
                        case "contrast" -> ColorOps.contrast(source, argument);
                        case "saturation" -> ColorOps.saturation(source, argument);
                        case "hue" -> ColorOps.hue(source, argument);
                        default -> throw new IllegalArgumentException("colour operation " + operation + " is unknown");
                    });
        }
    }

    private static Normalisation normalisation(Fields setting) {
        return setting.flag("imagenet_default_mean_and_std", false) ? Normalisation.IMAGENET : Normalisation.INCEPTION;
    }

    private static Box box(Fields setting) {
        int[] box = setting.integers("box_top_left_h_w");
        return new Box(box[0], box[1], box[2], box[3]);
    }

    private static void evaluation(GoldenCase golden, Judge judge, Sources sources) throws IOException {
        for (Fields setting : golden.config().objects("settings")) {
            String name = setting.text("name");
            Image source = sources.read(setting.text("source"));
            int size = setting.integer("input_size");
            EvalTransform transform = setting.has("crop_pct")
                    ? new EvalTransform(size, setting.number("crop_pct"))
                    : new EvalTransform(size);
            if (golden.expected().containsKey(name + "/resized_u8")) {
                same(judge, name + "/resized_u8", transform.resized(source));
            }
            // the official transform leaves small inputs alone whatever size they have
            Image cropped = size <= UNTOUCHED ? source : transform.apply(source);
            if (golden.expected().containsKey(name + "/cropped_u8")) {
                same(judge, name + "/cropped_u8", cropped);
            }
            close(judge, name + "/tensor", normalisation(setting).apply(cropped));
        }
    }

    private static void twoViews(GoldenCase golden, Judge judge, Sources sources) throws IOException {
        List<Fields> settings = golden.config().objects("settings");
        for (int i = 0; i < settings.size(); i++) {
            Fields setting = settings.get(i);
            Image source = sources.read(setting.text("source"));
            Box box = box(setting);
            int size = setting.integer("size");
            int second = setting.integer("second_size");
            TwoViewCrop crop = new TwoViewCrop(size, second);
            Image bilinear = Resize.resize(source, box, size, size, Resampling.BILINEAR);
            same(judge, i + "/bicubic_" + size, crop.patchView(source, box));
            same(judge, i + "/lanczos_" + second + "_second", crop.tokenView(source, box));
            same(judge, i + "/bilinear_" + size, bilinear);
            same(
                    judge,
                    i + "/bicubic_" + second + "_second",
                    Resize.resize(source, box, second, second, Resampling.BICUBIC));
            GoldenTensor flipped = golden.expected(i + "/hflip");
            // the case does not say which of the two was flipped
            boolean first = flipped.shape()[0] == size
                    && flipped.shape()[1] == size
                    && !(source.height() == size && source.width() == size && i == FLIPPED_SOURCE);
            same(judge, i + "/hflip", (first ? bilinear : source).flipped());
        }
    }

    private static void pretraining(GoldenCase golden, Judge judge, Sources sources) throws IOException {
        List<Fields> settings = golden.config().objects("settings");
        for (int i = 0; i < settings.size(); i++) {
            Fields setting = settings.get(i);
            List<ColorJitter.Step> steps = new ArrayList<>();
            for (int step : setting.integers("jitter_order")) {
                switch (step) {
                    case 0 -> steps.add(new ColorJitter.Step.Brightness(setting.number("brightness")));
                    case 1 -> steps.add(new ColorJitter.Step.Contrast(setting.number("contrast")));
                    case 2 -> steps.add(new ColorJitter.Step.Saturation(setting.number("saturation")));
                    case 3 -> {
                        if (setting.has("hue")) {
                            steps.add(new ColorJitter.Step.Hue(setting.number("hue")));
                        }
                    }
                    default -> throw new IllegalArgumentException("jitter_order: step " + step + " is unknown");
                }
            }
            Image source = sources.read(setting.text("source"));
            same(judge, i + "/after_jitter", ColorJitter.apply(source, steps));
            PretrainAugmentation augmentation = new PretrainAugmentation(
                    ColorJitter.PRETRAIN,
                    true,
                    new TwoViewCrop(setting.integer("size"), setting.integer("second_size")));
            PretrainAugmentation.Views views = augmentation.apply(
                    source, new PretrainAugmentation.Draw(steps, setting.flag("flip"), box(setting)));
            close(judge, i + "/patches_tensor", normalisation(setting).apply(views.patches()));
            close(judge, i + "/visual_token_tensor", mapped(new TokenMapping.MapPixels(), views.tokens()));
            close(
                    judge,
                    i + "/visual_token_tensor_customized_vae",
                    mapped(new TokenMapping.Normalised(Normalisation.INCEPTION), views.tokens()));
        }
    }

    private static float[] mapped(TokenMapping mapping, Image image) {
        float[] out = new float[mapping.channels() * image.height() * image.width()];
        mapping.apply(image, out, 0);
        return out;
    }

    private static void randAugment(GoldenCase golden, Judge judge, Sources sources) throws IOException {
        Fields config = golden.config();
        Image source = sources.read(config.text("source"));
        double translation = config.number("translate_const");
        int[] fill = config.integers("fill");
        for (String key : golden.expected().keySet()) {
            String[] parts = key.split("/", -1);
            RandAugment.Op operation = operation(parts[0]);
            double magnitude = Double.parseDouble(parts[1].substring(1));
            boolean negative = parts[parts.length - 1].equals("negate");
            Resampling filter = parts.length == 4 ? filter(parts[2]) : Resampling.BICUBIC;
            double argument = operation.argument(magnitude, negative, translation);
            double[] official = golden.scalars().object(key).numbers("argument");
            if (official.length > 0) {
                judge.scalar(key + " argument", argument, official[0], Tolerances.SCHEDULE);
            }
            same(judge, key, operation.apply(source, argument, filter, fill));
        }
    }

    /** {@code TranslateXRel} is {@code TRANSLATE_X_REL}. */
    private static RandAugment.Op operation(String name) {
        return RandAugment.Op.valueOf(
                name.replaceAll("(?<=[a-zXY])(?=[A-Z])", "_").toUpperCase(Locale.ROOT));
    }

    private static void mixtures(GoldenCase golden, Judge judge) {
        Fields config = golden.config();
        GoldenTensor images = golden.input("images");
        int[] labels = golden.input("labels").integers();
        int[] shape = images.shape();
        int classes = config.integer("num_classes");
        BatchMix mix = new BatchMix(0.8, 1, 1, 0.5, BatchMix.Mode.BATCH, config.number("smoothing"), classes);
        golden.scalars().members().forEach((key, setting) -> {
            BatchMix.Mixture mixture;
            if (setting.has("bbox_yl_yh_xl_xh")) {
                int[] box = setting.integers("bbox_yl_yh_xl_xh");
                mixture = BatchMix.boxed(box[0], box[1], box[2], box[3], shape[2], shape[3]);
                judge.scalar(key + " lambda", mixture.lambda(), setting.number("lam"), Tolerances.SCHEDULE);
            } else {
                mixture = new BatchMix.Mixture.Mixup(setting.number("lam_given"));
            }
            BatchMix.Mixture[] mixtures = new BatchMix.Mixture[shape[0]];
            Arrays.fill(mixtures, mixture);
            float[] mixed = images.floats();
            float[] targets = new float[shape[0] * classes];
            mix.mix(mixed, labels, targets, shape[1], shape[2], shape[3], mixtures);
            close(judge, key + "/images", mixed);
            close(judge, key + "/targets", targets);
        });
    }
}
