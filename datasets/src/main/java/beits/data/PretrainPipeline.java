package beits.data;

import beits.transform.Normalisation;
import beits.transform.PatchMask;
import beits.transform.PretrainAugmentation;
import beits.transform.TokenMapping;
import org.apache.commons.rng.UniformRandomProvider;

/** Masked image modelling: two views of one crop and a mask (official {@code DataAugmentationForBEiT}). */
public record PretrainPipeline(
        PretrainAugmentation augmentation, Normalisation normalisation, TokenMapping tokens, PatchMask mask)
        implements Pipeline {

    @Override
    public Batch.Layout layout() {
        int size = augmentation.views().size();
        int second = augmentation.views().secondSize();
        return new Batch.Layout(
                normalisation.channels(),
                size,
                size,
                tokens.channels(),
                second,
                second,
                mask.height() * mask.width(),
                0,
                0);
    }

    @Override
    public void write(
            Sample sample, UniformRandomProvider draws, UniformRandomProvider maskDraws, Batch batch, int row) {
        var picture = normalisation.channels() == 1
                ? sample.picture().grey()
                : sample.picture().rgb();
        var views = augmentation.apply(picture, augmentation.draw(picture.height(), picture.width(), draws));
        normalisation.apply(views.patches(), batch.images(), row * layout().imageLength());
        tokens.apply(views.tokens(), batch.tokenViews(), row * layout().tokenLength());
        boolean[] drawn = mask.draw(maskDraws);
        System.arraycopy(drawn, 0, batch.masks(), row * drawn.length, drawn.length);
        if (sample instanceof Sample.Labelled labelled) {
            batch.labels()[row] = labelled.label();
        }
    }
}
