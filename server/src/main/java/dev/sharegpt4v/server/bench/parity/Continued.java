package dev.sharegpt4v.server.bench.parity;

import dev.sharegpt4v.runtime.execution.ImageFeatures;
import java.util.List;

/**
 * A prompt and what came after it.
 *
 * @param features of its images
 * @param tokens that followed
 * @param logits at the prompt's last position and at each token
 */
public record Continued(List<ImageFeatures> features, int[] tokens, List<float[]> logits) {

    public Continued {
        features = List.copyOf(features);
        logits = List.copyOf(logits);
    }
}
