/**
 * A model package on disk becomes a loaded model.
 *
 * <p>Owns the format of {@code model.json} and the check of the files beside it. Does not run graphs: a loaded model
 * names them, and the runtime opens them.
 */
@NullMarked
package dev.sharegpt4v.models.catalog;

import org.jspecify.annotations.NullMarked;
