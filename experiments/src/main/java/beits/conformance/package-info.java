/**
 * Checks this implementation value by value against numbers that the official code produced: reads cases from a folder, builds
 * each model from the case's own configuration, runs it on a device and judges every expected tensor and scalar.
 */
@NullMarked
package beits.conformance;

import org.jspecify.annotations.NullMarked;
