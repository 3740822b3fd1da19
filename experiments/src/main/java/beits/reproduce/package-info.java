/**
 * The paper's claims, each checked at small scale on bundled pictures: one class a claim.
 */
@NullMarked
package beits.reproduce;

import org.jspecify.annotations.NullMarked;
