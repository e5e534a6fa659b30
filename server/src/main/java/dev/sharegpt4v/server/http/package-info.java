/**
 * The endpoints: one HTTP exchange each, on a virtual thread.
 *
 * <p>Owns admission, body limits, event streams and the mapping of errors. Does not own scheduling or text rules.
 */
@NullMarked
package dev.sharegpt4v.server.http;

import org.jspecify.annotations.NullMarked;
