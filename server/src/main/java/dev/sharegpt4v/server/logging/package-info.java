/** The server's log: one line per record on standard error, for people or for machines. */
@NullMarked
package dev.sharegpt4v.server.logging;

import org.jspecify.annotations.NullMarked;
