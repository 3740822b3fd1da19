/**
 * AdamW groups, layer decay, schedules.
 */
@NullMarked
package beits.optim;

import org.jspecify.annotations.NullMarked;
