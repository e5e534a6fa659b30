package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.lifecycle.SlotRules;
import java.util.List;

/**
 * Which models a server has.
 *
 * @param sources of the models; the first is meant where a request names none
 * @param rules of loading and unloading
 * @param administered whether models may be loaded and unloaded by requests
 */
public record ModelSetup(List<ModelSource> sources, SlotRules rules, boolean administered) {

    public ModelSetup {
        sources = List.copyOf(sources);
    }

    /** Whether it is of interest which models are in memory. */
    boolean tellsStates() {
        return sources.size() > 1
                || administered
                || rules.onDemand()
                || rules.idle().isPositive();
    }

    /** One model, from start to end. */
    public static ModelSetup of(ModelSource source) {
        return new ModelSetup(List.of(source), SlotRules.STAY, false);
    }
}
