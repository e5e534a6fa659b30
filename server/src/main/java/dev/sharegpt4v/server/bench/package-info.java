/**
 * Measures a server over HTTP, as its clients see it.
 *
 * <p>Owns the load, the clock and the figures. Knows only OpenAI's wire format, so that any server can be measured. The
 * definitions are those of {@code vllm bench serve}; docs/bench.md lists them. {@code mix} draws what is asked, {@code page}
 * draws what was found, {@code chaos} looks for leaks.
 */
@NullMarked
package dev.sharegpt4v.server.bench;

import org.jspecify.annotations.NullMarked;
