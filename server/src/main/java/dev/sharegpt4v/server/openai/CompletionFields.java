package dev.sharegpt4v.server.openai;

import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import dev.sharegpt4v.models.image.Orientation;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the members that chat completions and captions share. */
final class CompletionFields {

    private static final Set<String> OWN = Set.of(
            "model",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "repetition_penalty",
            "presence_penalty",
            "frequency_penalty",
            "seed",
            "max_tokens",
            "max_completion_tokens",
            "min_tokens",
            "stop",
            "stop_token_ids",
            "ignore_eos",
            "include_stop_str_in_output",
            "stream",
            "stream_options",
            "image_orientation",
            "user",
            RepetitionFields.NAME);
    static final Set<String> NAMES = names();
    private static final int MOST_TOKENS = 1 << 24;

    private CompletionFields() {}

    private static Set<String> names() {
        Set<String> names = new HashSet<>(OWN);
        names.addAll(SchedulingFields.NAMES);
        names.addAll(StructureFields.NAMES);
        names.addAll(TokenFields.NAMES);
        return Set.copyOf(names);
    }

    static CompletionOptions read(JsonFields fields, GenerationDefaults defaults) {
        fields.text("user");
        Optional<Integer> older = fields.integer("max_tokens", 1, MOST_TOKENS);
        Optional<Integer> maxTokens =
                fields.integer("max_completion_tokens", 1, MOST_TOKENS).or(() -> older);
        int minTokens = fields.integer("min_tokens", 0, MOST_TOKENS).orElse(0);
        if (maxTokens.isPresent() && minTokens > maxTokens.get()) {
            throw ApiException.invalid("min_tokens", "'min_tokens' must not exceed 'max_tokens'.");
        }
        boolean stream = fields.bool("stream").orElse(false);
        boolean running = streamOption(fields, stream, "continuous_usage_stats");
        return new CompletionOptions(
                SamplingFields.read(fields, defaults),
                maxTokens,
                minTokens,
                StopFields.read(fields, "stop"),
                fields.has("stop_token_ids") ? fields.integers("stop_token_ids") : List.of(),
                fields.bool("ignore_eos").orElse(false),
                stream,
                running || streamOption(fields, stream, "include_usage"),
                RepetitionFields.read(fields),
                SchedulingFields.read(fields),
                orientation(fields),
                StructureFields.read(fields),
                TokenFields.read(fields),
                fields.bool("include_stop_str_in_output").orElse(false),
                AnswerDetail.NONE.withRunningUsage(running));
    }

    private static boolean streamOption(JsonFields fields, boolean stream, String name) {
        if (!fields.has("stream_options")) {
            return false;
        }
        if (!stream) {
            throw ApiException.invalid("stream_options", "'stream_options' is only allowed when 'stream' is true.");
        }
        JsonFields options = fields.object("stream_options");
        options.allowOnly(Set.of("include_usage", "continuous_usage_stats", "include_obfuscation"));
        options.bool("include_obfuscation");
        return options.bool(name).orElse(false);
    }

    static Orientation orientation(JsonFields fields) {
        String value = fields.text("image_orientation").orElse("apply");
        return switch (value) {
            case "apply" -> Orientation.APPLY;
            case "ignore" -> Orientation.IGNORE;
            default ->
                throw ApiException.invalid("image_orientation", "'image_orientation' must be 'apply' or 'ignore'.");
        };
    }
}
