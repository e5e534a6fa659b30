/** The clients that people have, unchanged, against a server whose model says what a script tells it. */
@NullMarked
package dev.sharegpt4v.server.clients;

import org.jspecify.annotations.NullMarked;
