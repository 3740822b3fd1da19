/**
 * What can be computed: one record a kernel, with its formula, shapes, source, and its cost in FLOPs and bytes. Every device is an exhaustive switch over these records.
 */
@NullMarked
package beits.kernel;

import org.jspecify.annotations.NullMarked;
