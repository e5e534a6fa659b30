/** Traces that stay in memory, and what they hold. */
@NullMarked
package dev.sharegpt4v.server.tracing;

import org.jspecify.annotations.NullMarked;
