/**
 * Recipes: what to run, as records that check themselves. Field names follow the official flags.
 */
@NullMarked
package beits.recipe;

import org.jspecify.annotations.NullMarked;
