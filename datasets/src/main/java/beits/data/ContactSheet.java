package beits.data;

import beits.image.Image;
import beits.image.Resampling;
import beits.image.Resize;
import beits.transform.Normalisation;
import beits.transform.TokenMapping;
import java.util.ArrayList;
import java.util.List;

/**
 * A page of the pictures that a pipeline really produces, to be looked at before training: for pre-training the patch
 * view, the patch view with hidden patches greyed, and the token view; for segmentation the picture and its classes in
 * colours; else the picture. One row of tiles a sample is laid out as one cell.
 */
public final class ContactSheet {
    private static final int GAP = 4;
    private static final int HIDDEN_GREY = 128;

    private ContactSheet() {}

    /**
     * Draws the first rows of a batch.
     *
     * @param normalisation of the batch's images, to be undone
     * @param tokens of the batch's token views; {@code new TokenMapping.MapPixels()} where there are none
     * @param maskColumns patches in a row of the mask, or 0
     * @param columns cells in a row of the page
     */
    public static Image of(
            Batch batch, Normalisation normalisation, TokenMapping tokens, int maskColumns, int columns) {
        if (batch.count() == 0) {
            throw new IllegalArgumentException("a contact sheet of no pictures");
        }
        List<List<Image>> cells = new ArrayList<>();
        for (int row = 0; row < batch.count(); row++) {
            cells.add(cell(batch, row, normalisation, tokens, maskColumns));
        }
        return arrange(cells, Math.max(1, columns));
    }

    private static List<Image> cell(
            Batch batch, int row, Normalisation normalisation, TokenMapping tokens, int maskColumns) {
        Batch.Layout layout = batch.layout();
        List<Image> tiles = new ArrayList<>();
        Image picture = normalisation
                .invert(batch.images(), row * layout.imageLength(), layout.height(), layout.width())
                .rgb();
        tiles.add(picture);
        if (layout.patches() > 0 && maskColumns > 0) {
            tiles.add(hidden(
                    picture, batch.masks(), row * layout.patches(), layout.patches() / maskColumns, maskColumns));
        }
        if (layout.tokenLength() > 0) {
            Image view = unmapped(batch, row, tokens).rgb();
            tiles.add(Resize.resize(view, layout.height(), layout.width(), Resampling.NEAREST));
        }
        if (layout.pixelLabels() > 0) {
            tiles.add(ClassColours.overlay(picture, batch.pixelLabels(), row * layout.pixelLabels()));
        }
        return tiles;
    }

    private static Image unmapped(Batch batch, int row, TokenMapping tokens) {
        Batch.Layout layout = batch.layout();
        int offset = row * layout.tokenLength();
        // 0.8 x + 0.1 is a normalisation with mean −1/8 and deviation 5/4.
        Normalisation normalisation = switch (tokens) {
            case TokenMapping.MapPixels _ -> Normalisation.uniform(3, -0.125f, 1.25f);
            case TokenMapping.Normalised(Normalisation own) -> own;
        };
        return normalisation.invert(batch.tokenViews(), offset, layout.tokenHeight(), layout.tokenWidth());
    }

    private static Image hidden(Image picture, boolean[] masks, int offset, int maskRows, int maskColumns) {
        byte[] out = picture.pixels().clone();
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                int patch = y * maskRows / picture.height() * maskColumns + x * maskColumns / picture.width();
                if (masks[offset + patch]) {
                    java.util.Arrays.fill(
                            out, (y * picture.width() + x) * 3, (y * picture.width() + x) * 3 + 3, (byte) HIDDEN_GREY);
                }
            }
        }
        return new Image(picture.height(), picture.width(), 3, out);
    }

    private static Image arrange(List<List<Image>> cells, int columns) {
        int tileHeight = cells.getFirst().getFirst().height();
        int tileWidth = cells.getFirst().getFirst().width();
        int cellWidth = cells.getFirst().size() * (tileWidth + 1) - 1;
        int used = Math.min(columns, cells.size());
        int rows = (cells.size() + used - 1) / used;
        int width = GAP + used * (cellWidth + GAP);
        int height = GAP + rows * (tileHeight + GAP);
        Image page = Image.blank(height, width, 3);
        java.util.Arrays.fill(page.pixels(), (byte) 255);
        for (int i = 0; i < cells.size(); i++) {
            int top = GAP + i / used * (tileHeight + GAP);
            int left = GAP + i % used * (cellWidth + GAP);
            for (Image tile : cells.get(i)) {
                for (int y = 0; y < tileHeight; y++) {
                    System.arraycopy(
                            tile.pixels(),
                            y * tileWidth * 3,
                            page.pixels(),
                            ((top + y) * width + left) * 3,
                            tileWidth * 3);
                }
                left += tileWidth + 1;
            }
        }
        return page;
    }
}
