package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A checked caption request.
 *
 * @param model the name asked for, if one was
 * @param image a data URI; empty when images come as files
 * @param prompt what to ask about each image
 * @param options what is asked of the completion
 */
public record CaptionRequest(Optional<String> model, Optional<String> image, String prompt, CompletionOptions options) {

    /** What ShareGPT4V's own captioner was asked. */
    public static final String DETAILED = "Analyze the image in a comprehensive and detailed manner.";

    private static final String BRIEF = "Provide a brief caption.";
    private static final Set<String> KNOWN = known();

    private static Set<String> known() {
        Set<String> names = new HashSet<>(CompletionFields.NAMES);
        names.addAll(Set.of("image", "prompt", "detail"));
        return Set.copyOf(names);
    }

    /** Reads a JSON body, or the fields of a form in that shape. */
    public static CaptionRequest read(JsonNode body, GenerationDefaults defaults) {
        JsonFields fields = JsonFields.of(body, "");
        fields.allowOnly(KNOWN);
        String detail = fields.text("detail").orElse("detailed");
        String standard = switch (detail) {
            case "detailed" -> DETAILED;
            case "brief" -> BRIEF;
            default -> throw ApiException.invalid("detail", "'detail' must be 'brief' or 'detailed'.");
        };
        String prompt = fields.text("prompt").orElse(standard);
        if (prompt.isBlank()) {
            throw ApiException.invalid("prompt", "'prompt' must not be empty.");
        }
        CompletionOptions options = CompletionFields.read(fields, defaults);
        if (options.detail().runningUsage()) {
            throw ApiException.badRequest(
                    "unsupported_parameter",
                    "stream_options.continuous_usage_stats",
                    "The chunks of captions have no usage.");
        }
        return new CaptionRequest(fields.text("model"), fields.text("image"), prompt, options);
    }
}
