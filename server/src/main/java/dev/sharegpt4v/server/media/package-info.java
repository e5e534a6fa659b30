/**
 * Images that a request only names: from the network, and from a folder of this machine.
 *
 * <p>Owns the strict reading of URLs, what hosts and addresses may be reached, and bounded downloads. Hands over bytes; what
 * they are is for the decoder to say. Knows no requests and no HTTP server.
 */
@NullMarked
package dev.sharegpt4v.server.media;

import org.jspecify.annotations.NullMarked;
