package dev.sharegpt4v.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.models.chat.Role;
import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WireMessage;
import dev.sharegpt4v.server.openai.ChatCompletionRequest.WirePart;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads and checks the body of a chat completion; every member is honoured, harmless, or refused by name. */
public final class ChatRequestReader {

    /** Members that change nothing here, whatever they hold. */
    private static final Set<String> HARMLESS = Set.of(
            "metadata",
            "store",
            "service_tier",
            "safety_identifier",
            "prompt_cache_key",
            "prompt_cache_retention",
            "verbosity",
            "reasoning_effort",
            "parallel_tool_calls",
            "prediction");

    private static final Set<String> MESSAGE_MEMBERS = Set.of("role", "content", "name", "refusal", "annotations");
    private static final Set<String> KNOWN = known();

    private ChatRequestReader() {}

    private static Set<String> known() {
        Set<String> names = new HashSet<>(CompletionFields.NAMES);
        names.addAll(ChoiceFields.NAMES);
        names.addAll(HARMLESS);
        names.addAll(UnsupportedFields.NAMES);
        names.add("messages");
        return Set.copyOf(names);
    }

    /**
     * Reads a body.
     *
     * @param defaults sampling values that stand where the request gives none
     * @param maxImages images allowed in one request
     */
    public static ChatCompletionRequest read(JsonNode body, GenerationDefaults defaults, int maxImages) {
        JsonFields fields = JsonFields.of(body, "");
        fields.allowOnly(KNOWN);
        UnsupportedFields.refuse(fields);
        List<WireMessage> messages = fields.objects("messages").stream()
                .map(ChatRequestReader::message)
                .toList();
        if (messages.isEmpty()) {
            throw ApiException.badRequest("empty_array", "messages", "'messages' must hold at least one message.");
        }
        long images = messages.stream()
                .flatMap(message -> message.parts().stream())
                .filter(WirePart.ImageUrl.class::isInstance)
                .count();
        if (images > maxImages) {
            throw ApiException.badRequest(
                    "too_many_images",
                    "messages",
                    "A request may hold at most %d images, but this one has %d.".formatted(maxImages, images));
        }
        CompletionOptions options = CompletionFields.read(fields, defaults);
        return new ChatCompletionRequest(fields.text("model"), messages, options, ChoiceFields.read(fields, options));
    }

    private static WireMessage message(JsonFields fields) {
        fields.allowOnly(MESSAGE_MEMBERS);
        String role = fields.text("role")
                .orElseThrow(() -> ApiException.badRequest(
                        "missing_required_parameter",
                        fields.param("role"),
                        "Missing required parameter: '" + fields.param("role") + "'."));
        fields.text("name");
        return new WireMessage(role(role, fields), content(fields));
    }

    private static Role role(String role, JsonFields fields) {
        return switch (role) {
            case "system", "developer" -> Role.SYSTEM;
            case "user" -> Role.USER;
            case "assistant" -> Role.ASSISTANT;
            default ->
                throw ApiException.invalid(
                        fields.param("role"),
                        "Invalid value: '" + role
                                + "'. Supported roles are 'system', 'developer', 'user' and 'assistant'.");
        };
    }

    private static List<WirePart> content(JsonFields fields) {
        if (fields.raw("content").isTextual()) {
            return List.of(new WirePart.Text(fields.raw("content").textValue()));
        }
        List<WirePart> parts = new ArrayList<>();
        for (JsonFields part : fields.objects("content")) {
            parts.add(part(part));
        }
        if (parts.isEmpty()) {
            throw ApiException.badRequest(
                    "empty_array", fields.param("content"), "'" + fields.param("content") + "' must not be empty.");
        }
        return parts;
    }

    private static WirePart part(JsonFields part) {
        String type = part.text("type").orElse("");
        return switch (type) {
            case "text" -> {
                part.allowOnly(Set.of("type", "text"));
                yield new WirePart.Text(part.text("text")
                        .orElseThrow(() -> ApiException.badRequest(
                                "missing_required_parameter",
                                part.param("text"),
                                "Missing required parameter: '" + part.param("text") + "'.")));
            }
            case "image_url" -> {
                part.allowOnly(Set.of("type", "image_url"));
                yield imageUrl(part);
            }
            default ->
                throw ApiException.invalid(
                        part.param("type"),
                        "Invalid value: '" + type + "'. Supported content parts are 'text' and 'image_url'.");
        };
    }

    private static WirePart imageUrl(JsonFields part) {
        if (part.raw("image_url").isTextual()) {
            return new WirePart.ImageUrl(part.raw("image_url").textValue(), part.param("image_url"));
        }
        JsonFields image = part.object("image_url");
        image.allowOnly(Set.of("url", "detail"));
        String detail = image.text("detail").orElse("auto");
        if (!Set.of("auto", "low", "high").contains(detail)) {
            throw ApiException.invalid(image.param("detail"), "'detail' must be 'auto', 'low' or 'high'.");
        }
        String url = image.text("url")
                .orElseThrow(() -> ApiException.badRequest(
                        "missing_required_parameter",
                        image.param("url"),
                        "Missing required parameter: '" + image.param("url") + "'."));
        return new WirePart.ImageUrl(url, image.param("url"));
    }
}
