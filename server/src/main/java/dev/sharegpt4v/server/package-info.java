/** The process: command line, wiring and configuration. Knows no tensors. */
@NullMarked
package dev.sharegpt4v.server;

import org.jspecify.annotations.NullMarked;
