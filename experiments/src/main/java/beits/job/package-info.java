/**
 * Training jobs: pictures and models brought together as a recipe says.
 */
@NullMarked
package beits.job;

import org.jspecify.annotations.NullMarked;
