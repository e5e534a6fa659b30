/**
 * Treats a server badly and sees whether it notices: leaving clients, nonsense, bursts, slow readers, thousands of pictures.
 *
 * <p>Owns what is sent and how, and what must hold of the answers and of the server's own metrics during the load and after
 * it. Speaks HTTP/1.1 by hand, since no well-bred client does such things.
 */
@NullMarked
package dev.sharegpt4v.server.bench.chaos;

import org.jspecify.annotations.NullMarked;
