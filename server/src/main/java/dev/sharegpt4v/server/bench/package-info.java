/**
 * Measures a server over HTTP, as its clients see it.
 *
 * <p>Owns the load, the clock and the figures. Knows only OpenAI's wire format, so that any server can be measured. The
 * definitions are those of {@code vllm bench serve}; docs/bench.md lists them.
 */
@NullMarked
package dev.sharegpt4v.server.bench;

import org.jspecify.annotations.NullMarked;
