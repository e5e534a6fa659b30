/**
 * Tools of gpu/pack and gpu/verify: shared libraries without the code of other GPUs, and the table of what was measured.
 *
 * <p>Knows files only, no device.
 */
@NullMarked
package dev.sharegpt4v.server.bench.gpu;

import org.jspecify.annotations.NullMarked;
