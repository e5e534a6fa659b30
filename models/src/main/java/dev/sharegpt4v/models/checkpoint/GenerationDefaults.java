package dev.sharegpt4v.models.checkpoint;

import java.util.List;
import java.util.Optional;

/**
 * Sampling defaults that a checkpoint's generation_config.json carries.
 *
 * @param temperature absent when not given
 * @param topP absent when not given
 * @param topK absent when not given
 * @param repetitionPenalty absent when not given
 * @param endTokens ids that end a completion, usually only {@code </s>}
 */
public record GenerationDefaults(
        Optional<Double> temperature,
        Optional<Double> topP,
        Optional<Integer> topK,
        Optional<Double> repetitionPenalty,
        List<Integer> endTokens) {

    public GenerationDefaults {
        endTokens = List.copyOf(endTokens);
    }
}
