package beits.transform;

import static beits.Golden.assertClose;
import static beits.Golden.assertSame;

import beits.Golden;
import beits.image.Box;
import beits.image.Image;
import beits.image.Resampling;
import beits.image.Resize;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Whole transforms against the official pipeline's results, with the official draws given. */
class GoldenTransformTest {
    @Test
    void evaluationTransform() {
        Golden golden = Golden.load("preprocess/eval_transform");
        for (JsonNode setting : golden.config().get("settings")) {
            String name = setting.get("name").asString();
            Image source = Golden.source(setting.get("source").asString() + ".png");
            int size = setting.get("input_size").asInt();
            EvalTransform transform = setting.get("crop_pct").isNull()
                    ? new EvalTransform(size)
                    : new EvalTransform(size, setting.get("crop_pct").asDouble());
            assertSame(
                    name,
                    transform.resized(source),
                    golden.expected(name + "/resized_u8").image());
            assertSame(
                    name,
                    transform.apply(source),
                    golden.expected(name + "/cropped_u8").image());
            assertClose(
                    name,
                    normalisation(setting).apply(transform.apply(source)),
                    golden.expected(name + "/tensor").floats(),
                    1e-6);
        }
    }

    @Test
    void twoViews() {
        Golden golden = Golden.load("preprocess/two_pic");
        JsonNode settings = golden.config().get("settings");
        for (int i = 0; i < settings.size(); i++) {
            JsonNode setting = settings.get(i);
            Image source = Golden.source(setting.get("source").asString() + ".png");
            Box box = box(setting);
            int size = setting.get("size").asInt();
            int second = setting.get("second_size").asInt();
            TwoViewCrop crop = new TwoViewCrop(size, second);
            assertSame(
                    "patch",
                    crop.patchView(source, box),
                    golden.expected(i + "/bicubic_" + size).image());
            assertSame(
                    "token",
                    crop.tokenView(source, box),
                    golden.expected(i + "/lanczos_" + second + "_second").image());
            Image bilinear = Resize.resize(source, box, size, size, Resampling.BILINEAR);
            assertSame(
                    "bilinear",
                    bilinear,
                    golden.expected(i + "/bilinear_" + size).image());
            assertSame(
                    "bicubic",
                    Resize.resize(source, box, second, second, Resampling.BICUBIC),
                    golden.expected(i + "/bicubic_" + second + "_second").image());
            assertSame(
                    "flip",
                    (i == 1 ? source : bilinear).flipped(),
                    golden.expected(i + "/hflip").image());
        }
    }

    @Test
    void pretrainingAugmentation() {
        Golden golden = Golden.load("preprocess/pretrain_pipeline");
        JsonNode settings = golden.config().get("settings");
        for (int i = 0; i < settings.size(); i++) {
            JsonNode setting = settings.get(i);
            List<ColorJitter.Step> steps = new ArrayList<>();
            for (JsonNode step : setting.get("jitter_order")) {
                switch (step.asInt()) {
                    case 0 ->
                        steps.add(new ColorJitter.Step.Brightness(
                                setting.get("brightness").asDouble()));
                    case 1 ->
                        steps.add(new ColorJitter.Step.Contrast(
                                setting.get("contrast").asDouble()));
                    case 2 ->
                        steps.add(new ColorJitter.Step.Saturation(
                                setting.get("saturation").asDouble()));
                    default -> {}
                }
            }
            Image source = Golden.source(setting.get("source").asString() + ".png");
            assertSame(
                    "jitter",
                    ColorJitter.apply(source, steps),
                    golden.expected(i + "/after_jitter").image());
            PretrainAugmentation augmentation = new PretrainAugmentation(
                    ColorJitter.PRETRAIN,
                    true,
                    new TwoViewCrop(
                            setting.get("size").asInt(),
                            setting.get("second_size").asInt()));
            var views = augmentation.apply(
                    source,
                    new PretrainAugmentation.Draw(steps, setting.get("flip").asBoolean(), box(setting)));
            assertClose(
                    "patches",
                    normalisation(setting).apply(views.patches()),
                    golden.expected(i + "/patches_tensor").floats(),
                    1e-6);
            float[] mapped = golden.expected(i + "/visual_token_tensor").floats();
            float[] token = new float[mapped.length];
            new TokenMapping.MapPixels().apply(views.tokens(), token, 0);
            assertClose("map_pixels", token, mapped, 1e-6);
            new TokenMapping.Normalised(Normalisation.INCEPTION).apply(views.tokens(), token, 0);
            assertClose(
                    "customised",
                    token,
                    golden.expected(i + "/visual_token_tensor_customized_vae").floats(),
                    1e-6);
        }
    }

    private static Normalisation normalisation(JsonNode setting) {
        return setting.get("imagenet_default_mean_and_std").asBoolean()
                ? Normalisation.IMAGENET
                : Normalisation.INCEPTION;
    }

    private static Box box(JsonNode setting) {
        JsonNode b = setting.get("box_top_left_h_w");
        return new Box(
                b.get(0).asInt(), b.get(1).asInt(), b.get(2).asInt(), b.get(3).asInt());
    }
}
