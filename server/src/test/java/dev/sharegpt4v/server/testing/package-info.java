/** Servers for tests: over HTTP, with a script or with the demo model behind them. */
@NullMarked
package dev.sharegpt4v.server.testing;

import org.jspecify.annotations.NullMarked;
