/** Metrics: what the engine and the endpoints report, under stable names. */
@NullMarked
package dev.sharegpt4v.server.telemetry;

import org.jspecify.annotations.NullMarked;
