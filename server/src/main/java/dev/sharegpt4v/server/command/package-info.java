/**
 * The command line: one class per command.
 *
 * <p>Owns options, progress bars and exit codes. Prints results on standard output, everything else on standard error.
 */
@NullMarked
package dev.sharegpt4v.server.command;

import org.jspecify.annotations.NullMarked;
