/**
 * A model package on disk becomes a loaded model.
 */
@NullMarked
package dev.sharegpt4v.models.catalog;

import org.jspecify.annotations.NullMarked;
