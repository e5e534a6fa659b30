/**
 * Compares what two devices compute of one model: features, logits and greedy texts.
 *
 * <p>Owns sequences whose tokens are forced, and the measures of a difference. Knows no device.
 */
@NullMarked
package dev.sharegpt4v.server.bench.parity;

import org.jspecify.annotations.NullMarked;
