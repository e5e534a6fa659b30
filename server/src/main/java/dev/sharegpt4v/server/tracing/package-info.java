/** Traces: spans of requests and of their parts, exported as OpenTelemetry says. Without tracing nothing of it is loaded. */
@NullMarked
package dev.sharegpt4v.server.tracing;

import org.jspecify.annotations.NullMarked;
