/**
 * Who may ask how often: API keys, their files, their limits.
 *
 * <p>Owns keys as hashes and what each has under way. Knows no HTTP and no clock but the one it is given.
 */
@NullMarked
package dev.sharegpt4v.server.access;

import org.jspecify.annotations.NullMarked;
