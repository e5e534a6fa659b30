package dev.sharegpt4v.server;

import java.time.Duration;

/**
 * How a server has its models.
 *
 * @param named whether they were given names, which metrics then have as a label
 * @param onDemand whether requests load models that are not in memory
 * @param idle without a request after which a model is unloaded; zero for never
 * @param administered whether requests may load and unload models
 */
public record ModelRules(boolean named, boolean onDemand, Duration idle, boolean administered) {

    /** One model, from start to end. */
    public static final ModelRules DEFAULT = new ModelRules(false, false, Duration.ZERO, false);
}
