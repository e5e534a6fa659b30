package dev.sharegpt4v.runtime.sampling;

import java.util.OptionalLong;

/**
 * What a caller asked of sampling. Order of application: rules, penalties, temperature, top-k, top-p, min-p, draw.
 *
 * @param temperature 0 means greedy
 * @param topK keep the k highest logits (ties survive); 0 means all
 * @param topP keep the smallest set of most likely tokens whose probabilities sum to at least this; 1 means all
 * @param minP keep tokens at least this fraction as likely as the likeliest; 0 means all
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens seen in prompt or completion; 1 is off
 * @param presencePenalty subtracted once from tokens seen in the completion
 * @param frequencyPenalty subtracted per occurrence in the completion
 * @param seed makes draws repeatable, whatever else runs; empty means a fresh seed
 * @param rules which tokens are allowed and favoured
 */
public record SamplingOptions(
        float temperature,
        int topK,
        float topP,
        float minP,
        float repetitionPenalty,
        float presencePenalty,
        float frequencyPenalty,
        OptionalLong seed,
        TokenRules rules) {

    /** The likeliest token each time. */
    public static final SamplingOptions GREEDY = new SamplingOptions(0f, 0, 1f, 0f, 1f, 0f, 0f, OptionalLong.empty());

    public SamplingOptions {
        require(temperature >= 0f && Float.isFinite(temperature), "temperature", temperature);
        require(topK >= 0, "top_k", topK);
        require(topP > 0f && topP <= 1f, "top_p", topP);
        require(minP >= 0f && minP <= 1f, "min_p", minP);
        require(repetitionPenalty > 0f && Float.isFinite(repetitionPenalty), "repetition_penalty", repetitionPenalty);
        require(Float.isFinite(presencePenalty), "presence_penalty", presencePenalty);
        require(Float.isFinite(frequencyPenalty), "frequency_penalty", frequencyPenalty);
    }

    /** Options without rules. */
    public SamplingOptions(
            float temperature,
            int topK,
            float topP,
            float minP,
            float repetitionPenalty,
            float presencePenalty,
            float frequencyPenalty,
            OptionalLong seed) {
        this(
                temperature,
                topK,
                topP,
                minP,
                repetitionPenalty,
                presencePenalty,
                frequencyPenalty,
                seed,
                TokenRules.NONE);
    }

    /** The same with another seed. */
    public SamplingOptions withSeed(OptionalLong other) {
        return new SamplingOptions(
                temperature, topK, topP, minP, repetitionPenalty, presencePenalty, frequencyPenalty, other, rules);
    }

    /** The same with other rules. */
    public SamplingOptions withRules(TokenRules other) {
        return new SamplingOptions(
                temperature, topK, topP, minP, repetitionPenalty, presencePenalty, frequencyPenalty, seed, other);
    }

    private static void require(boolean holds, String name, float value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " of " + value + " is out of range");
        }
    }
}
