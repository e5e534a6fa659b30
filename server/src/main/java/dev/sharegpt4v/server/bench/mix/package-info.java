/**
 * What requests ask: prompts, pictures and lengths, drawn from one seed.
 *
 * <p>Equal options and seeds give equal requests, however many there are and whenever they are sent.
 */
@NullMarked
package dev.sharegpt4v.server.bench.mix;

import org.jspecify.annotations.NullMarked;
