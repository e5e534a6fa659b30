/** Files and batches on a real disk, with lines that a script answers. */
@NullMarked
package dev.sharegpt4v.server.batch;

import org.jspecify.annotations.NullMarked;
