/**
 * The command line: commands, exit codes, one-line errors. The only place that knows the process: arguments, streams, exit.
 */
@NullMarked
package beits.cli;

import org.jspecify.annotations.NullMarked;
