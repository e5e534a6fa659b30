package dev.sharegpt4v.server.openai;

import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import dev.sharegpt4v.runtime.sampling.SamplingOptions;

/** Reads the sampling members; what a request leaves out comes from the package's generation_config, as in vLLM. */
final class SamplingFields {

    private SamplingFields() {}

    static SamplingOptions read(JsonFields fields, GenerationDefaults defaults) {
        double temperature = fields.number("temperature", 0, 2)
                .orElseGet(() -> defaults.temperature().orElse(1.0));
        double topP =
                fields.number("top_p", 0, 1).orElseGet(() -> defaults.topP().orElse(1.0));
        // -1 and 0 both mean all tokens.
        int topK = fields.integer("top_k", -1, Integer.MAX_VALUE)
                .orElseGet(() -> defaults.topK().orElse(0));
        double repetition = fields.number("repetition_penalty", 1e-3, 1e3)
                .orElseGet(() -> defaults.repetitionPenalty().orElse(1.0));
        return new SamplingOptions(
                (float) temperature,
                Math.max(0, topK),
                // Nothing but the likeliest token is left at 0, so it is greedy in effect.
                (float) Math.max(topP, 1e-9),
                fields.number("min_p", 0, 1).orElse(0.0).floatValue(),
                (float) repetition,
                fields.number("presence_penalty", -2, 2).orElse(0.0).floatValue(),
                fields.number("frequency_penalty", -2, 2).orElse(0.0).floatValue(),
                fields.number64("seed"));
    }
}
