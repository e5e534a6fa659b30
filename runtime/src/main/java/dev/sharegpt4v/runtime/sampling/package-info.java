/**
 * Logits to tokens: what a caller may ask of sampling, and the sampler that does it.
 *
 * <p>Owns random streams and the choice of a token. Knows nothing of stop rules, text or scheduling. Runs on the engine
 * thread.
 */
@NullMarked
package dev.sharegpt4v.runtime.sampling;

import org.jspecify.annotations.NullMarked;
