/**
 * Who runs: the loop, the scheduler, and the public {@link dev.sharegpt4v.runtime.engine.Engine}.
 *
 * <p>Owns sequences, their order and their progress. Speaks token ids and opaque images only. One engine thread owns all
 * mutable state; other threads send it commands and read events from a {@link
 * dev.sharegpt4v.runtime.engine.Generation}.
 */
@NullMarked
package dev.sharegpt4v.runtime.engine;

import org.jspecify.annotations.NullMarked;
