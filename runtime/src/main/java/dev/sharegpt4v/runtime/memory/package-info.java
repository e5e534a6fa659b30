/**
 * Where keys and values live: the block pool, block tables and reservations.
 *
 * <p>Owns block ids and their reference counts; the bytes belong to the executor. Does not decide who gets them. Runs on
 * the engine thread.
 */
@NullMarked
package dev.sharegpt4v.runtime.memory;

import org.jspecify.annotations.NullMarked;
