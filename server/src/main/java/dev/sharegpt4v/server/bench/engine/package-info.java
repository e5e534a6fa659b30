/**
 * Measures decoder steps without a server, a scheduler, a tokenizer or sampling.
 *
 * <p>Owns random sequences, the clock around a step, and the machine's memory bandwidth, which bounds decoding.
 */
@NullMarked
package dev.sharegpt4v.server.bench.engine;

import org.jspecify.annotations.NullMarked;
