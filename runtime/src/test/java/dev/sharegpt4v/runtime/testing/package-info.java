/** Doubles for the device: an executor and an encoder that keep a script instead of a model. */
@NullMarked
package dev.sharegpt4v.runtime.testing;

import org.jspecify.annotations.NullMarked;
