package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.lifecycle.Loadable;
import dev.sharegpt4v.server.telemetry.ModelMetrics;

/**
 * A model that is in memory.
 *
 * @param served what endpoints need of it
 * @param identity under which it answers
 * @param metrics that are told of it
 * @param running which ends and frees it
 */
public record OpenedModel(ServedModel served, Identity identity, ModelMetrics metrics, Loadable running) {}
