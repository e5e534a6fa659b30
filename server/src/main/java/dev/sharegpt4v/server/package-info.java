/**
 * The process: wiring and configuration.
 *
 * <p>Owns what exists and in which order it starts and stops. Knows no tensors.
 */
@NullMarked
package dev.sharegpt4v.server;

import org.jspecify.annotations.NullMarked;
