/**
 * Pictures as bytes: decoding PNG, JPEG, BMP, GIF and WebP as Pillow does, Pillow-exact resizing and affine
 * transformation, the colour operations that the augmentations are made of, and PNG encoding. Nothing here draws random
 * numbers; everything that can be wrong with a file is a {@link beits.image.PictureException} that names it.
 */
@org.jspecify.annotations.NullMarked
package beits.image;
