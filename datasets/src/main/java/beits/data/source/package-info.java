/**
 * Where samples come from: IDX and CIFAR files, image folders, ADE20K, Parquet, WebDataset shards, list files, generated
 * scenes, and the samples that are bundled. Wrong files get a {@link beits.image.PictureException} that names them.
 */
@org.jspecify.annotations.NullMarked
package beits.data.source;
