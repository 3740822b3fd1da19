/**
 * Augmentations and masks as records. What is drawn and what is done with it are apart: a record draws values from the
 * random generator that it is given, and applying drawn values is deterministic, so that the same draws give the
 * official code's pictures bit for bit.
 */
@org.jspecify.annotations.NullMarked
package beits.transform;
