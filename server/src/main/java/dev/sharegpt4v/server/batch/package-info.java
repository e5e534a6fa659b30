/**
 * Files that clients leave, and batches of requests over them, in a folder that outlives the process.
 *
 * <p>Owns what is on the disk and in which order it gets there. Knows no HTTP server and no engine: a line is answered by
 * {@link dev.sharegpt4v.server.batch.LineRoutes}.
 */
@NullMarked
package dev.sharegpt4v.server.batch;

import org.jspecify.annotations.NullMarked;
